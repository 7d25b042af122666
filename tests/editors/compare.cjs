// Measures `aslint lsp` and the vendor's language service on the same documents, and prints both and the ratio.
//
// Ours is a process of its own and is measured over standard input and output, with the protocol's messages; the other is called in
// this process, as a function, without its server's debounce (500 ms and more): what is in its favour stays in its favour.
"use strict";

const { spawn } = require("node:child_process");
const { readFileSync } = require("node:fs");
const { performance } = require("node:perf_hooks");
const { version } = require("amazon-states-language-service/package.json");
const service = require("amazon-states-language-service");
const { TextDocument } = require("vscode-languageserver-textdocument");

const N_TIMES = Number(process.env.ASLINT_COMPARE_TIMES ?? 60);

class Server {
  constructor() {
    this.child = spawn(process.env.ASLINT, ["lsp"], { stdio: ["pipe", "pipe", "inherit"] });
    this.rest = Buffer.alloc(0);
    this.waiting = [];
    this.nRequests = 0;
    this.child.stdout.on("data", (data) => this.take(data));
  }

  take(data) {
    this.rest = Buffer.concat([this.rest, data]);
    for (;;) {
      const end = this.rest.indexOf("\r\n\r\n");
      if (end < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(this.rest.subarray(0, end).toString())[1]);
      if (this.rest.length < end + 4 + length) return;
      const message = JSON.parse(this.rest.subarray(end + 4, end + 4 + length).toString());
      this.rest = this.rest.subarray(end + 4 + length);
      for (const waiting of this.waiting.filter((waiting) => waiting.isIt(message))) {
        this.waiting.splice(this.waiting.indexOf(waiting), 1);
        waiting.resolve(message);
      }
    }
  }

  send(message) {
    const text = JSON.stringify({ jsonrpc: "2.0", ...message });
    this.child.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  until(isIt) {
    return new Promise((resolve) => this.waiting.push({ isIt, resolve }));
  }

  request(method, params) {
    const id = ++this.nRequests;
    const answer = this.until((message) => message.id === id && message.method === undefined);
    this.send({ id, method, params });
    return answer;
  }

  told(version) {
    return this.until((message) => message.method?.endsWith("publishDiagnostics") && message.params.version === version);
  }
}

function made(nStates, isYaml) {
  const states = {};
  for (let i = 0; i < nStates; i++) {
    const on = i + 1 === nStates ? { End: true } : { Next: `S${i + 1}` };
    states[`S${i}`] = [
      { Type: "Task", Comment: "what it calls, in some words that people write. ".repeat(12), Resource: "arn:aws:states:::lambda:invoke",
        Parameters: { FunctionName: `f${i}`, Payload: { "id.$": "$.order.id" } }, ResultPath: `$.result${i}`,
        Retry: [{ ErrorEquals: ["Lambda.ServiceException"], IntervalSeconds: 2, MaxAttempts: 6 }], ...on },
      { Type: "Pass", Result: { text: "some data ".repeat(80) }, ResultPath: `$.note${i}`, ...on },
      { Type: "Wait", Comment: "until the other side has caught up. ".repeat(18), Seconds: 10, ...on },
    ][i % 3];
  }
  if (!isYaml) return JSON.stringify({ StartAt: "S0", States: states }, null, 2);
  const scalar = (value) => (typeof value === "string" ? JSON.stringify(value) : `${value}`);
  const block = (value, indent) =>
    Object.entries(value).map(([key, value]) =>
      typeof value !== "object" || Array.isArray(value)
        ? `${indent}${key}: ${typeof value === "object" ? JSON.stringify(value) : scalar(value)}\n`
        : `${indent}${key}:\n${block(value, `${indent}  `)}`).join("");
  return block({ StartAt: "S0", States: states }, "");
}

const at = (times, share) => times.sort((a, b) => a - b)[Math.min(times.length - 1, Math.floor(times.length * share))];
const ms = (value) => `${value.toFixed(2).padStart(9)} ms`;

async function timed(times, work) {
  const start = performance.now();
  await work();
  times.push(performance.now() - start);
}

async function compare(name, text) {
  const isYaml = /\.ya?ml$/.test(name);
  const languageId = isYaml ? "asl-yaml" : "asl";
  console.log(`${name}: ${Buffer.byteLength(text)} bytes`);
  const uri = `untitled:${name}`;
  const lines = text.split("\n");
  const number = lines.findIndex((line, i) => i >= lines.length / 2 && /"?Next"?: /.test(line));
  if (number < 0) return console.log("  no transition to stand at");
  const position = { line: number, character: lines[number].search(/"?Next/) + 2 };
  const target = { line: number, character: lines[number].search(/: /) + 4 };
  const variant = (i) => lines.map((line, at) => (at === number ? line + " ".repeat(i % 7) : line)).join("\n");

  const ours = { validation: [], hover: [], completion: [] };
  const server = new Server();
  await server.request("initialize", { capabilities: {} });
  server.send({ method: "initialized", params: {} });
  let told = server.told(0);
  server.send({ method: "textDocument/didOpen", params: { textDocument: { uri, languageId, version: 0, text } } });
  await told;
  let length = lines[number].length;
  for (let i = 1; i <= N_TIMES; i++) {
    const line = lines[number] + " ".repeat(i % 7);
    const range = { start: { line: number, character: 0 }, end: { line: number, character: length } };
    length = line.length;
    await timed(ours.validation, async () => {
      told = server.told(i);
      const textDocument = { uri, version: i };
      server.send({ method: "textDocument/didChange", params: { textDocument, contentChanges: [{ range, text: line }] } });
      await told;
    });
    const textDocument = { uri };
    await timed(ours.hover, () => server.request("textDocument/hover", { textDocument, position }));
    await timed(ours.completion, () => server.request("textDocument/completion", { textDocument, position: target }));
  }
  server.child.kill();

  const theirs = { validation: [], hover: [], completion: [] };
  const create = isYaml ? service.getYamlLanguageService : service.getLanguageService;
  const other = create({});
  for (let i = 0; i <= N_TIMES; i++) {
    const kept = i === 0 ? { validation: [], hover: [], completion: [] } : theirs;
    // As its server does after each change: the document is parsed again.
    const document = TextDocument.create(uri, languageId, i, variant(i));
    let parsed;
    await timed(kept.validation, async () => {
      parsed = other.parseJSONDocument(document);
      await other.doValidation(document, parsed);
    });
    await timed(kept.hover, () => other.doHover(document, position, parsed));
    await timed(kept.completion, () => other.doComplete(document, target, parsed));
  }
  for (const what of Object.keys(ours)) {
    const [mine, other] = [ours[what], theirs[what]].map((times) => [at(times, 0.5), at(times, 0.99)]);
    console.log(`  ${what.padEnd(10)}  p50 ${ms(mine[0])} against ${ms(other[0])} (${(other[0] / mine[0]).toFixed(1)}x)` +
      `   p99 ${ms(mine[1])} against ${ms(other[1])} (${(other[1] / mine[1]).toFixed(1)}x)`);
  }
}

async function main() {
  console.log(`aslint against amazon-states-language-service ${version}, ${N_TIMES} times each`);
  const files = process.argv.slice(2).map((file) => [file, readFileSync(file, "utf8")]);
  const all = files.length > 0 ? files
    : [["small.asl.json", made(61, false)], ["small.asl.yaml", made(61, true)], ["large.asl.json", made(1000, false)]];
  for (const [name, text] of all) await compare(name, text);
}

main();
