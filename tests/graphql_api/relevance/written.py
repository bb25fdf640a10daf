"""Organisations written for the judged queries, in the four languages: what the demo's names, made by rule, lack."""

from typing import Any, NamedTuple


class Written(NamedTuple):
    """One of them."""

    slug: str
    title: dict[str, str]
    short: dict[str, str] = {}  # noqa: RUF012 - never changed
    long: dict[str, str] = {}  # noqa: RUF012 - never changed
    categories: tuple[str, ...] = ()
    number: str | None = None

    def document(self, identifier: str) -> dict[str, Any]:
        """Its public document."""
        categories = [dict(zip(("scheme", "code"), value.split(":"), strict=True)) for value in self.categories]
        made: dict[str, Any] = {
            "id": identifier,
            "slug": self.slug,
            "title": self.title,
            "short_description": self.short,
            "description": self.long,
            "profiles": {"company": {}},
            "categories": categories,
            "enterprise_numbers": [self.number] if self.number else [],
            "state": "published",
            "registered_on": "2020-01-01",
        }
        return {name: value for name, value in made.items() if value not in ({}, [])}


WRITTEN = (
    Written("oeuvre", {"fr": "L'Œuvre numérique"}, {"fr": "Atelier d'éditions et de reliures digitales."}),
    Written("etoile", {"fr": "Étoile d'été"}, {"fr": "Agence créative au cœur de la cité ardente."}),
    Written("hotel", {"fr": "Hôtel des Possibles"}, {"fr": "Résidence pour entrepreneurs et chercheurs."}),
    Written("aujourdhui", {"fr": "Aujourd'hui Médias"}, {"fr": "Actualités locales et podcasts."}),
    Written("ieteren", {"fr": "D'Aremberg Mobilité"}, {"fr": "Partage de voitures électriques."}),
    Written("joes", {"en": "Joe's Garage"}, {"en": "Prototyping for makers, with a smile."}),
    Written("epeas", {"fr": "e-Pois Semiconducteurs"}, {"fr": "Puces qui récoltent leur propre énergie."}),
    Written("dcinex", {"fr": "D-Projex"}, {"fr": "Projection pour salles obscures."}),
    Written("coscale", {"en": "CoMesure"}, {"en": "Monitoring of containers in production."}),
    Written("teamchef", {"en": "Team Captain"}, {"en": "Customer relations for small teams."}),
    Written("abovetheroof", {"en": "Above The Roof"}, {"en": "Aerial inspection with drones."}),
    Written("data-be", {"en": "Chiffres.be"}, {"fr": "Comptes annuels en accès libre."}),
    Written("sa-dots", {"fr": "Forges de Clabecq S.A."}, {"fr": "Tôles fortes et suivi par capteurs."}),
    Written("ai-dots", {"en": "Walloon A.I. Lab"}, {"en": "Language models for the public good."}),
    Written("ibm", {"fr": "I.M.B. Conseil"}, {"fr": "Audit et gouvernance."}),
    Written("uwe", {"fr": "Union des Artisans du Web"}, {"fr": "Fédération d'indépendants."}),
    Written("adn", {"fr": "Agence du Renouveau"}, {"fr": "Pilotage de la stratégie régionale."}),
    Written("krebs", {"de": "Krebsforschung Eupen"}, {"de": "Bildgebende Verfahren für Krankenhäuser."}),
    Written("strasse", {"de": "Bahnhofstraße Studio"}, {"de": "Gestaltung von Spielen und Apps."}),
    Written("mueller", {"de": "Müller Lösungen"}, {"de": "Maßgeschneiderte Lösungen für Handwerker."}),
    Written("buecher", {"de": "Bücherfreunde Sankt Vith"}, {"de": "Digitale Bibliothek für Ostbelgien."}),
    Written("huizen", {"nl": "Slimme Huizen"}, {"nl": "Domotica voor gezinnen en bedrijven."}),
    Written("scholen", {"nl": "Netwerk van Scholen"}, {"nl": "Leerplatformen voor leerkrachten."}),
    Written("oplossing", {"nl": "Waterkracht Oplossingen"}, {"nl": "Turbines langs de Maas."}),
    Written("chevaux", {"fr": "Chevaux et Technologies"}, {"fr": "Colliers connectés pour haras."}),
    Written("journaux", {"fr": "Les Journaux réunis"}, {"fr": "Kiosque des quotidiens francophones."}),
    Written("bijou", {"fr": "Bijou Numérique"}, {"fr": "Impression 3D de bagues et colliers."}),
    Written("companies", {"en": "Companies of Tomorrow"}, {"en": "Investor readiness and matchmaking."}),
    Written("bakery", {"en": "The Bakeries Group"}, {"en": "Ordering platform for local bread."}),
    Written("three", {"en": "7E"}, {"en": "Wind assessment and solar forecasts."}),
    Written("oneday", {"en": "1DayKite"}, {"en": "One offer a day."}),
    Written("track", {"en": "Track9C"}, {"en": "Cargo tracing."}),
    Written("orange", {"en": "Orangerie"}, {"fr": "Serre pilotée à distance."}),
    Written("orange-bleue", {"fr": "Orangerie Bleue"}, {"fr": "Serre expérimentale."}),
    Written("namur-num", {"fr": "Namur Numérique"}, {"fr": "Animations pour tous les âges."}),
    Written("num-namur", {"fr": "Numérique Namur"}, {"fr": "Ateliers pour les séniors."}),
    Written("cirque", {"fr": "Cirque Électrique"}, {"fr": "Spectacles et jonglerie augmentée."}),
    Written("brasserie", {"fr": "Brasserie Houblonde"}, {"fr": "Fermentation suivie par sondes."},
            {"fr": "Nos cuves racontent la levure, la garde et l'embouteillage en temps réel."}),
    Written("hydro", {"fr": "Hydroptère"}, {"fr": "Hydrophones sous-marins."},
            {"fr": "Écoute passive des cétacés pour les océanographes et les armateurs."}),
    Written("lithotheque", {"fr": "Lithothèque"}, {"fr": "Catalogue de roches."},
            {"fr": "Microscopie, pétrographie et géochimie des carrières condruziennes."}),
    Written("brailleur", {"fr": "Brailleur"}, {"fr": "Lecture tactile pour malvoyants."},
            {}, ("technologies:braille_displays",)),
    Written("number", {"fr": "Clef des Champs"}, {"fr": "Guide de promenades."}, {}, (), "0403227515"),
    Written("number-two", {"fr": "Moulin à Paroles"}, {"fr": "Transcription automatique."}, {}, (), "0203430576"),
    Written("arabic", {"en": "دار الرقمية"}, {"en": "Translation office."}),
    Written("greek", {"en": "Αθηνά Λογισμικό"}, {"en": "Crew planning."}),
    Written("cafe", {"fr": "Café-Théâtre du Pixel"}, {"fr": "Scène ouverte."}),
    Written("sncb", {"fr": "Société des Navettes Cyclables"}, {"fr": "Vélos cargos partagés."}),
    Written("at-t", {"en": "Bits & Bytes"}, {"en": "Repair café."}),
    Written("saint", {"fr": "Saint-Exupéry Simulation"}, {"fr": "Pilotage virtuel."}),
    Written("zoo", {"nl": "Dierenpark Digitaal"}, {"nl": "Bezoekersgids in zes talen."}),
)  # fmt: skip
