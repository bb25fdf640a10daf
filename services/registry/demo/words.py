"""The word lists of the demo: fields of work, streets, sentences' parts. All of them common words."""

from typing import NamedTuple


class Field(NamedTuple):
    """A field of work: what it is called in a name and in a sentence, and its codes."""

    word: str
    """Second word of a name."""
    word_de: str
    fr: str
    nl: str
    de: str
    en: str
    product: str
    technology: str
    nace: str
    """NACE-BEL 2025."""


FIELDS = (
    Field("Data", "Daten", "l'analyse de données", "data-analyse", "Datenanalyse", "data analytics",
          "software.analytics", "big_data", "62100"),
    Field("Logiciels", "Software", "le développement de logiciels", "softwareontwikkeling", "Softwareentwicklung",
          "software development", "software.custom", "web_development", "62100"),
    Field("Conseil", "Beratung", "le conseil informatique", "IT-advies", "IT-Beratung", "IT consulting",
          "services.consulting", "enterprise_architecture", "62200"),
    Field("Systèmes", "Systeme", "la gestion d'infrastructures", "infrastructuurbeheer", "Infrastrukturbetrieb",
          "infrastructure management", "services.managed", "cloud", "62200"),
    Field("Cloud", "Cloud", "l'hébergement et le cloud", "hosting en cloud", "Hosting und Cloud",
          "hosting and cloud", "services.hosting", "cloud", "63100"),
    Field("Sécurité", "Sicherheit", "la cybersécurité", "cyberbeveiliging", "Cybersicherheit", "cybersecurity",
          "services.security", "cybersecurity", "62200"),
    Field("Web", "Web", "la création de sites et de plateformes", "websites en platformen", "Websites und Plattformen",
          "websites and platforms", "services.web", "web_development", "62100"),
    Field("Mobile", "Mobil", "les applications mobiles", "mobiele toepassingen", "mobile Anwendungen",
          "mobile applications", "software.mobile", "mobile", "62100"),
    Field("Vision", "Vision", "la vision par ordinateur", "computervisie", "Bildverarbeitung", "computer vision",
          "software.vision", "artificial_intelligence", "62100"),
    Field("Intelligence", "Intelligenz", "l'intelligence artificielle", "artificiële intelligentie",
          "künstliche Intelligenz", "artificial intelligence", "software.ai", "artificial_intelligence", "62100"),
    Field("Robotique", "Robotik", "la robotique et l'automatisation", "robotica en automatisering",
          "Robotik und Automatisierung", "robotics and automation", "hardware.robotics", "robotics", "28990"),
    Field("Capteurs", "Sensoren", "les capteurs et les objets connectés", "sensoren en verbonden objecten",
          "Sensoren und vernetzte Geräte", "sensors and connected devices", "hardware.iot", "internet_of_things",
          "26510"),
    Field("Réseaux", "Netze", "les réseaux et la connectivité", "netwerken en connectiviteit",
          "Netze und Konnektivität", "networks and connectivity", "services.telecom", "networks", "61100"),
    Field("Jeux", "Spiele", "les jeux vidéo", "videogames", "Videospiele", "video games",
          "content.games", "virtual_reality", "58210"),
    Field("Images", "Bilder", "la production audiovisuelle", "audiovisuele productie", "audiovisuelle Produktion",
          "audiovisual production", "content.video", "virtual_reality", "59120"),
    Field("Santé", "Gesundheit", "la santé numérique", "digitale gezondheid", "digitale Gesundheit", "digital health",
          "software.health", "big_data", "62100"),
    Field("Géo", "Geo", "la géomatique", "geo-informatica", "Geoinformatik", "geomatics",
          "software.geo", "geomatics", "62100"),
    Field("Commerce", "Handel", "le commerce en ligne", "e-commerce", "Onlinehandel", "e-commerce",
          "software.commerce", "web_development", "62100"),
    Field("Gestion", "Verwaltung", "les progiciels de gestion", "bedrijfssoftware", "Unternehmenssoftware",
          "business software", "software.erp", "enterprise_architecture", "62100"),
    Field("Électronique", "Elektronik", "l'électronique embarquée", "embedded elektronica", "eingebettete Elektronik",
          "embedded electronics", "hardware.electronics", "embedded_systems", "26120"),
)  # fmt: skip

MARKETS_SERVED = (
    ("industry", "l'industrie", "de industrie", "die Industrie", "industry"),
    ("health", "les soins de santé", "de gezondheidszorg", "das Gesundheitswesen", "healthcare"),
    ("logistics", "la logistique", "de logistiek", "die Logistik", "logistics"),
    ("retail", "le commerce de détail", "de detailhandel", "den Einzelhandel", "retail"),
    ("agriculture", "l'agriculture", "de landbouw", "die Landwirtschaft", "agriculture"),
    ("energy", "l'énergie", "de energiesector", "die Energiewirtschaft", "energy"),
    ("public_sector", "les services publics", "de overheid", "den öffentlichen Dienst", "the public sector"),
    ("education", "l'enseignement", "het onderwijs", "das Bildungswesen", "education"),
    ("finance", "les services financiers", "de financiële sector", "den Finanzsektor", "financial services"),
    ("construction", "la construction", "de bouw", "das Bauwesen", "construction"),
    ("tourism", "le tourisme", "het toerisme", "den Tourismus", "tourism"),
    ("culture", "la culture", "de cultuursector", "die Kultur", "culture"),
)
BUSINESS_POSITIONS = ("editor", "integrator", "service_provider", "manufacturer", "distributor", "operator")

STREETS_FR = (
    "Rue de la Station", "Rue de l'Église", "Grand-Rue", "Chaussée de Namur", "Rue du Moulin", "Place Communale",
    "Rue des Écoles", "Avenue de la Gare", "Rue Haute", "Rue du Centre", "Rue de l'Industrie", "Avenue des Tilleuls",
    "Rue du Parc", "Rue des Prés", "Chaussée de Charleroi", "Rue de la Fontaine", "Rue du Château", "Rue Basse",
    "Boulevard du Nord", "Rue de la Sambre", "Quai de la Meuse", "Rue des Champs", "Rue du Pont", "Avenue de l'Espace",
)  # fmt: skip
STREETS_DE = (
    "Bahnhofstraße", "Kirchstraße", "Hauptstraße", "Schulstraße", "Mühlenweg", "Marktplatz", "Gartenstraße",
    "Industriestraße", "Klosterstraße", "Neustraße",
)  # fmt: skip

SCHOOLS = ("Université", "Haute école", "Centre de recherche agréé")
EXPORT_COUNTRIES = (
    "FR", "LU", "NL", "DE", "GB", "CH", "US", "ES", "IT", "CA", "MA", "SE", "PL", "PT", "AT", "DK", "IE", "TN", "AE",
    "JP", "SG", "CN", "BR", "IN", "SN", "CI", "CZ", "RO", "AU", "MX",
)  # fmt: skip
LANGUAGES_OF = {
    "FR": "fr", "LU": "fr", "NL": "nl", "DE": "de", "GB": "en", "CH": "de", "US": "en", "ES": "es", "IT": "it",
    "CA": "en", "MA": "fr", "SE": "en", "PL": "pl", "PT": "pt", "AT": "de", "DK": "en", "IE": "en", "TN": "fr",
    "AE": "en", "JP": "ja", "SG": "en",
    "CN": "zh", "BR": "pt-BR", "IN": "en", "SN": "fr", "CI": "fr", "CZ": "cs", "RO": "ro", "AU": "en",
    "MX": "es",
}  # fmt: skip
