"use strict";
// Runs functions of Amazon CloudFront as their runtime 2.0 does: what it does not document is taken away.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/functions-javascript-runtime-20.html
// A line of JSON asks: {code, event, store, origins}, or with several events; a line of JSON answers.
const vm = require("vm");
const crypto = require("crypto");
const querystring = require("querystring");
const readline = require("readline");
const buffer = require("buffer");

const LONGEST = 1000; // milliseconds; at the edge a function has about one
const MODULES = /^\s*import\s+([\w$]+)\s+from\s+(['"])(cloudfront|crypto|querystring|buffer)\2\s*;?[ \t]*$/gm;

const GLOBALS = `Object Function Array String Number Boolean Symbol Date RegExp Math JSON Promise Error EvalError RangeError
  ReferenceError SyntaxError TypeError URIError ArrayBuffer DataView Int8Array Uint8Array Uint8ClampedArray Int16Array
  Uint16Array Int32Array Uint32Array Float32Array Float64Array decodeURI decodeURIComponent encodeURI encodeURIComponent
  isFinite isNaN parseFloat parseInt NaN Infinity undefined globalThis console require atob btoa Buffer TextDecoder
  TextEncoder`.split(/\s+/);
const MEMBERS = {
  Object: `assign create defineProperties defineProperty entries freeze getOwnPropertyDescriptor
    getOwnPropertyDescriptors getOwnPropertyNames getPrototypeOf is isExtensible isFrozen isSealed keys
    preventExtensions seal setPrototypeOf values`,
  Array: "isArray of",
  "Array.prototype": `concat every fill filter find findIndex forEach includes indexOf join lastIndexOf map pop push
    reduce reduceRight reverse shift slice some sort splice toString unshift`,
  String: "fromCharCode fromCodePoint",
  "String.prototype": `charAt charCodeAt codePointAt concat endsWith includes indexOf lastIndexOf localeCompare match
    padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLowerCase toString
    toUpperCase trim trimEnd trimStart valueOf`,
  Number: `isFinite isInteger isNaN isSafeInteger parseFloat parseInt EPSILON MAX_SAFE_INTEGER MAX_VALUE
    MIN_SAFE_INTEGER MIN_VALUE NEGATIVE_INFINITY NaN POSITIVE_INFINITY`,
  Promise: "all allSettled any race reject resolve",
};
const KEPT = ["length", "name", "prototype", "constructor"];

// What a header may not be added, changed or taken away.
// https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/edge-function-restrictions-all.html
const FORBIDDEN = /^(connection|expect|keep-alive|proxy-authenticate|proxy-authorization|proxy-connection|trailer|upgrade|x-accel-.*|x-amz-cf-.*|x-amzn-.*|x-cache|x-edge-.*|x-forwarded-proto|x-real-ip)$/;
const FIXED = {
  "viewer-request": ["content-length", "host", "transfer-encoding", "via"],
  "viewer-response": ["warning", "via"],
};

class Refusal extends Error {}

function context() {
  const state = {};
  const made = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const inside = vm.runInContext("globalThis", made);
  for (const name of Object.getOwnPropertyNames(inside)) {
    if (!GLOBALS.includes(name)) delete inside[name];
  }
  for (const [path, names] of Object.entries(MEMBERS)) {
    const one = path.split(".").reduce((from, name) => from[name], inside);
    const allowed = [...names.split(/\s+/), ...KEPT];
    for (const name of Object.getOwnPropertyNames(one)) {
      if (!allowed.includes(name)) delete one[name];
    }
  }
  inside.Buffer = buffer.Buffer;
  inside.atob = atob;
  inside.btoa = btoa;
  inside.TextDecoder = TextDecoder;
  inside.TextEncoder = TextEncoder;
  inside.console = { log: (...values) => state.current.log.push(values.map(shown).join(" ")) };
  inside.require = (name) => required(name, state.current);
  // All queries of the time give when the function began.
  const begin = vm.runInContext(
    `(() => { const Own = Date; let began = 0;
      const Fixed = function (...given) {
        if (!new.target) return new Own(began).toString();
        return given.length ? new Own(...given) : new Own(began);
      };
      Fixed.now = () => began; Fixed.parse = Own.parse; Fixed.UTC = Own.UTC; Fixed.prototype = Own.prototype;
      globalThis.Date = Fixed;
      return () => { began = Own.now(); }; })()`,
    made,
  );
  return { made, state, begin };
}

// Compiled once; its own variables are new with each call. The event is a variable of the call, and none of the function's.
const compiled = new Map();
function program(code) {
  if (!compiled.has(code)) {
    const source = code.replace(MODULES, (_, name, _quote, module) => `const ${name} = require("${module}");`);
    const script = new vm.Script(`(() => {${source}\n;return handler(JSON.parse(event)); })()`, { filename: "function.js" });
    compiled.set(code, { script, ...context() });
  }
  return compiled.get(code);
}

function shown(value) {
  return typeof value === "string" ? value : JSON.stringify(value) ?? String(value);
}

function required(name, state) {
  switch (name) {
    case "cloudfront":
      return cloudfront(state);
    case "querystring": {
      const { parse, stringify, escape, unescape, decode, encode } = querystring;
      return { parse, stringify, escape, unescape, decode, encode };
    }
    case "buffer":
      return { Buffer: buffer.Buffer };
    case "crypto": {
      const checked = (made) => (algorithm, ...rest) => {
        if (!["md5", "sha1", "sha256"].includes(algorithm)) throw new Refusal(`crypto has no ${algorithm} at the edge`);
        return made(algorithm, ...rest);
      };
      return { createHash: checked(crypto.createHash), createHmac: checked(crypto.createHmac) };
    }
    default:
      throw new Refusal(`there is no module ${name} at the edge`);
  }
}

function cloudfront(state) {
  const atRequest = (name) => {
    if (state.event !== "viewer-request") throw new Refusal(`${name} is for viewer requests only`);
  };
  const known = (id) => {
    if (state.origins && !state.origins.includes(id)) throw new Refusal(`the distribution has no origin ${id}`);
    return id;
  };
  return {
    kvs() {
      if (!state.store) throw new Refusal("no key value store is associated with the function");
      const items = state.store;
      const has = (key) => Object.prototype.hasOwnProperty.call(items, key);
      return {
        async get(key, options) {
          if (!has(key)) throw new Error(`KeyNotFound: ${key}`);
          const format = (options && options.format) || "string";
          if (format === "json") return JSON.parse(items[key]);
          return format === "bytes" ? buffer.Buffer.from(items[key]) : items[key];
        },
        async exists(key) { return has(key); },
        async count() { return Object.keys(items).length; },
        async meta() {
          return { creationDateTime: "", lastUpdatedDateTime: "", keyCount: Object.keys(items).length };
        },
      };
    },
    selectRequestOriginById(id) {
      atRequest("selectRequestOriginById");
      state.origin = { id: known(id) };
    },
    updateRequestOrigin(settings) {
      atRequest("updateRequestOrigin");
      state.origin = { update: settings };
    },
    createRequestOriginGroup(settings) {
      atRequest("createRequestOriginGroup");
      const ids = ((settings && settings.originIds) || []).map((one) => known(one.originId));
      if (ids.length !== 2) throw new Refusal("an origin group has two origins");
      state.origin = { group: ids };
    },
  };
}

// Why CloudFront would take an answer for none, if it would.
function invalid(event, value) {
  const type = event.context.eventType;
  if (typeof value !== "object" || value === null || Array.isArray(value)) return "must return a request or a response";
  const answered = "statusCode" in value;
  if (type === "viewer-response" && !answered) return "must return a response";
  if (answered && !(Number.isInteger(value.statusCode) && value.statusCode >= 100 && value.statusCode <= 599)) {
    return `statusCode must be a whole number from 100 to 599, got ${shown(value.statusCode)}`;
  }
  if (!answered) {
    if (value.method !== event.request.method) return "must not change the request's method";
    if (typeof value.uri !== "string" || !value.uri.startsWith("/")) return `uri must begin with /, got ${shown(value.uri)}`;
  }
  const before = answered ? (event.response && event.response.headers) || {} : event.request.headers;
  const after = value.headers || {};
  for (const name of new Set([...Object.keys(before), ...Object.keys(after)])) {
    if (name !== name.toLowerCase()) return `names of headers must be lower case, got ${name}`;
    const same = JSON.stringify(before[name]) === JSON.stringify(after[name]);
    if (!same && FORBIDDEN.test(name)) return `must not add or change the header ${name}`;
    if (!same && event[answered ? "response" : "request"] && FIXED[type].includes(name)) {
      return `must not change the header ${name}`;
    }
  }
  for (const part of ["headers", "cookies", "querystring"]) {
    for (const [name, one] of Object.entries(typeof value[part] === "object" ? value[part] || {} : {})) {
      if (typeof one !== "object" || one === null || typeof one.value !== "string") {
        return `${part} must hold objects with a text as value, got ${shown(one)} for ${name}`;
      }
    }
  }
  return "";
}

async function run({ code, event, store, origins }) {
  const fresh = { store: store || null, origins: origins || null, event: event.context.eventType, origin: null, log: [] };
  const told = () => ({ origin: fresh.origin, log: fresh.log });
  const failed = (kind, error) => ({ status: "error", kind, message: String((error && error.message) || error), ...told() });
  let made;
  try {
    made = program(code);
  } catch (error) {
    return failed("compile", error);
  }
  // Objects of an earlier call keep that call's state.
  made.state.current = fresh;
  made.begin();
  made.made.event = JSON.stringify(event);
  let value;
  try {
    const answer = made.script.runInContext(made.made, { timeout: LONGEST });
    const text = JSON.stringify(await answer);
    value = text === undefined ? null : JSON.parse(text);
  } catch (error) {
    return failed("execution", error);
  }
  const why = invalid(event, value);
  return why ? failed("validation", why) : { status: "ok", value, ...told() };
}

readline.createInterface({ input: process.stdin }).on("line", async (line) => {
  if (!line.trim()) return;
  let answer;
  try {
    const asked = JSON.parse(line);
    if (asked.events) {
      answer = { answers: [] };
      for (const event of asked.events) answer.answers.push(await run({ ...asked, event }));
    } else {
      answer = await run(asked);
    }
  } catch (error) {
    answer = { status: "error", kind: "runtime", message: String((error && error.message) || error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
