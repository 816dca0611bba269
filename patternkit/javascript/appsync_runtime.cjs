"use strict";
// Runs handlers of AWS AppSync as APPSYNC_JS does: what it does not document is taken away, its modules are stood in for.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference-js.html
// A line of JSON asks: {code, handler, context, environment}; a line of JSON answers.
const vm = require("vm");
const readline = require("readline");
const { modules, EarlyReturn, ResolverError } = require("./appsync_utils.cjs");

const LONGEST = 1000; // milliseconds
// https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
const GLOBALS = `Array Boolean Function JSON Math Number Object String decodeURI decodeURIComponent encodeURI
  encodeURIComponent isFinite isNaN parseFloat parseInt NaN Infinity undefined globalThis console`.split(/\s+/);
const IMPORT = /^\s*import\s+(?:\*\s+as\s+([\w$]+)|\{([^}]*)\}|([\w$]+))\s+from\s+(['"])([^'"]+)\4\s*;?[ \t]*$/gm;
const EXPORTED = /^(\s*)export\s+(?=(?:const|let|var|function)\s)/gm;
const EXPORT_LIST = /^\s*export\s*\{([^}]*)\}\s*;?[ \t]*$/gm;

// The file as a script: lines keep their numbers.
function script(code) {
  const bound = (names) => names.split(",").filter((one) => one.trim())
    .map((one) => one.trim().replace(/\s+as\s+/, ": ")).join(", ");
  const body = code
    .replace(IMPORT, (_, whole, some, only, _quote, name) => {
      const from = `imported(${JSON.stringify(name)})`;
      return whole ? `const ${whole} = ${from};` : some ? `const { ${bound(some)} } = ${from};` : `const ${only} = ${from};`;
    })
    .replace(EXPORTED, "$1")
    .replace(EXPORT_LIST, "");
  const found = ["request", "response"].map((one) => `${one}: typeof ${one} === "undefined" ? undefined : ${one}`);
  return new vm.Script(`(() => {"use strict";${body}\n;return { ${found.join(", ")} }; })()`, { filename: "resolver.js" });
}

const compiled = new Map();
function program(code) {
  if (!compiled.has(code)) compiled.set(code, script(code));
  return compiled.get(code);
}

function sandbox(state) {
  const made = vm.createContext({}, { codeGeneration: { strings: false, wasm: false } });
  const inside = vm.runInContext("globalThis", made);
  for (const name of Object.getOwnPropertyNames(inside)) {
    if (!GLOBALS.includes(name)) delete inside[name];
  }
  const shown = (value) => (typeof value === "string" ? value : JSON.stringify(value) ?? String(value));
  const log = (...values) => state.log.push(values.map(shown).join(" "));
  inside.console = { log, error: log };
  const provided = modules(state);
  inside.imported = (name) => {
    if (!provided[name]) throw new Error(`there is no module ${name} in APPSYNC_JS, or it is not stood in for here`);
    return provided[name];
  };
  inside.util = provided["@aws-appsync/utils"].util;
  inside.extensions = provided["@aws-appsync/utils"].extensions;
  inside.runtime = provided["@aws-appsync/utils"].runtime;
  return made;
}

function run({ code, handler, context, environment }) {
  const state = { log: [], appended: [], subscription: null, invalidation: null, evicted: [], context };
  const told = () => ({
    log: state.log, appended: state.appended, filter: state.subscription, invalidation: state.invalidation,
  });
  const failed = (kind, error) => ({ status: "error", kind, message: String((error && error.message) || error), ...told() });
  let made, exported;
  try {
    made = sandbox(state);
    exported = program(code).runInContext(made, { timeout: LONGEST });
  } catch (error) {
    return failed("compile", error);
  }
  if (typeof exported[handler] !== "function") return failed("compile", `the code exports no ${handler}`);
  made.asked = JSON.stringify({ ...context, arguments: context.args, env: environment || {}, outErrors: [] });
  made.exported = exported;
  // Functions and values that JSON does not know are lost, as on the way to a data source.
  const call = `(() => { const ctx = JSON.parse(asked); ctx.args = ctx.arguments;
    const value = exported[${JSON.stringify(handler)}](ctx);
    return JSON.stringify({ value: value === undefined ? null : value, stash: ctx.stash }); })()`;
  try {
    const { value, stash } = JSON.parse(vm.runInContext(call, made, { timeout: LONGEST }));
    return { status: "ok", value, stash, ...told() };
  } catch (error) {
    if (error instanceof EarlyReturn) return { status: "early", value: error.value ?? null, to: error.to, stash: context.stash, ...told() };
    if (error instanceof ResolverError) {
      return { ...failed("resolver", error), type: error.type, data: error.data ?? null, info: error.info ?? null };
    }
    return failed("execution", error);
  }
}

readline.createInterface({ input: process.stdin }).on("line", (line) => {
  if (!line.trim()) return;
  let answer;
  try {
    answer = run(JSON.parse(line));
  } catch (error) {
    answer = { status: "error", kind: "runtime", message: String((error && error.message) || error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
});
