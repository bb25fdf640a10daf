// Runs the public audit suite of GraphQL over HTTP against an address and prints its results as JSON.
//
//     node audit.mjs FOLDER ADDRESS        FOLDER has the packages of package.json installed
import { createRequire } from "node:module";

const [folder, url] = process.argv.slice(2);
const { auditServer } = createRequire(`${folder}/package.json`)("graphql-http");

const results = await auditServer({ url });
const told = results.map(({ id, name, status, reason = null }) => ({ id, name, status, reason }));
process.stdout.write(JSON.stringify(told));
