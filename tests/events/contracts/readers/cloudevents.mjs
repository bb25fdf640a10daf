// Reads a list of messages and prints the events that CloudEvents' own library for JavaScript reads from each of them.
// A message is {"headers", "body"} over HTTP, {"key", "headers", "value"} on Kafka.
//
//     node cloudevents.mjs FOLDER < INPUT        FOLDER has the packages of package.json installed
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const [folder] = process.argv.slice(2);
const { HTTP, Kafka } = createRequire(`${folder}/package.json`)("cloudevents");

const messages = JSON.parse(readFileSync(0, "utf8"));
const read = messages.map((message) => [("value" in message ? Kafka : HTTP).toEvent(message)].flat());
read.flat().forEach((event) => event.validate());
process.stdout.write(JSON.stringify(read));
