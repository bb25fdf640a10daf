// Reads {"document": text, "files": {address: text}} and prints what the official parser says of the document.
//
//     node asyncapi.mjs FOLDER < INPUT        FOLDER has the packages of package.json installed
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder] = process.argv.slice(2);
const { Parser } = createRequire(`${folder}/package.json`)("@asyncapi/parser");
const { document, files } = JSON.parse(readFileSync(0, "utf8"));

const SEVERITIES = ["error", "warning", "information", "hint"];
const given = { schema: "https", order: 1, canRead: true, read: (uri) => files[uri.toString()] };
const parser = new Parser({ __unstable: { resolver: { resolvers: [given] } } });
const { diagnostics } = await parser.parse(document);
const told = diagnostics.map(({ code, message, path, severity }) => ({
  code,
  message,
  path: path.join("/"),
  severity: SEVERITIES[severity],
}));
process.stdout.write(JSON.stringify(told));
