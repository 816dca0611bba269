"use strict";
// The modules that APPSYNC_JS provides, as far as they are stood in for here; what is not says so when it is used.
// https://docs.aws.amazon.com/appsync/latest/devguide/resolver-util-reference-js.html
const crypto = require("crypto");

class ResolverError extends Error {
  constructor(message, type, data, info) {
    super(message);
    Object.assign(this, { type: type || "Custom", data, info });
  }
}

class EarlyReturn extends Error {
  constructor(value, to) {
    super("early return");
    Object.assign(this, { value, to });
  }
}

// Whatever is asked of it that is not there is named, instead of being undefined.
function complete(name, members) {
  return new Proxy(members, {
    get(of, key) {
      if (typeof key === "symbol" || key in of || ["toJSON", "then", "constructor"].includes(key)) return of[key];
      throw new Error(`${name}.${key} is not stood in for here`);
    },
  });
}

function toDynamoDB(value) {
  if (value === null || value === undefined) return { NULL: true };
  if (typeof value === "string") return { S: value };
  if (typeof value === "number") return { N: String(value) };
  if (typeof value === "boolean") return { BOOL: value };
  if (Array.isArray(value)) return { L: value.map(toDynamoDB) };
  return { M: toMapValues(value) };
}

function toMapValues(values) {
  return Object.fromEntries(Object.entries(values).filter(([, one]) => one !== undefined).map(([name, one]) => [name, toDynamoDB(one)]));
}

const COMPARED = { eq: "=", ne: "<>", le: "<=", lt: "<", ge: ">=", gt: ">" };

// {title: {eq: "a"}, and: [...]} as an expression with its names and values.
function expression(filter) {
  const names = {}, values = {};
  let count = 0;
  const value = (one) => { const name = `:value_${count++}`; values[name] = toDynamoDB(one); return name; };
  const of = (path, operator, given) => {
    const name = path.split(".").map((part) => { names[`#${part}`] = part; return `#${part}`; }).join(".");
    if (operator in COMPARED) return `(${name} ${COMPARED[operator]} ${value(given)})`;
    switch (operator) {
      case "attributeExists": return given ? `(attribute_exists(${name}))` : `(attribute_not_exists(${name}))`;
      case "beginsWith": return `(begins_with(${name}, ${value(given)}))`;
      case "contains": return `(contains(${name}, ${value(given)}))`;
      case "notContains": return `(NOT contains(${name}, ${value(given)}))`;
      case "between": return `(${name} BETWEEN ${value(given[0])} AND ${value(given[1])})`;
      default: throw new Error(`the operator ${operator} is not stood in for here`);
    }
  };
  const written = (one) => Object.entries(one).map(([key, inner]) => {
    if (key === "and" || key === "or") return `(${inner.map(written).join(` ${key.toUpperCase()} `)})`;
    if (key === "not") return `(NOT ${written(inner)})`;
    return Object.entries(inner).map(([operator, given]) => of(key, operator, given)).join(" AND ");
  }).join(" AND ");
  const text = written(filter);
  return { expression: text, expressionNames: names, expressionValues: values };
}

// {owner: {eq: "me"}, or: [...]} as what setSubscriptionFilter takes: groups of which one, with filters that all hold.
function toSubscriptionFilter(filter) {
  const simple = (one) => Object.entries(one).flatMap(([name, inner]) =>
    Object.entries(inner).map(([operator, value]) => ({ fieldName: name, operator, value })));
  const { or, and, ...rest } = filter;
  const common = [...simple(rest), ...(and || []).flatMap(simple)];
  const groups = or ? or.map((one) => [...common, ...simple(one)]) : [common];
  return { filterGroup: groups.map((filters) => ({ filters })) };
}

function subscriptionFilter(filter) {
  const groups = filter && filter.filterGroup;
  if (!Array.isArray(groups) || !groups.length || groups.some((one) => !Array.isArray(one.filters))) {
    throw new Error("setSubscriptionFilter takes {filterGroup: [{filters: [...]}]}: see util.transform.toSubscriptionFilter");
  }
  return JSON.parse(JSON.stringify(filter));
}

function time() {
  const iso = (milliseconds) => new Date(milliseconds).toISOString();
  return {
    nowISO8601: () => iso(Date.now()),
    nowEpochSeconds: () => Math.floor(Date.now() / 1000),
    nowEpochMilliSeconds: () => Date.now(),
    epochMilliSecondsToISO8601: iso,
    epochMilliSecondsToSeconds: (one) => Math.floor(one / 1000),
    parseISO8601ToEpochMilliSeconds: (one) => Date.parse(one),
  };
}

// The helpers of @aws-appsync/utils/dynamodb, which make the same requests.
function dynamodb() {
  const condition = (one) => (one ? { condition: expression(one) } : {});
  const query = (one) => (one ? { filter: expression(one) } : {});
  const pages = ({ index, limit, nextToken, scanIndexForward, select, consistentRead }) =>
    Object.fromEntries(Object.entries({ index, limit, nextToken, scanIndexForward, select, consistentRead }).filter(([, one]) => one !== undefined));
  const operations = {
    increment: (by = 1) => ({ " operation": "increment", by }),
    decrement: (by = 1) => ({ " operation": "decrement", by }),
    replace: (value) => ({ " operation": "replace", value }),
    add: (value) => ({ " operation": "add", value }),
    remove: () => ({ " operation": "remove" }),
  };
  const update = ({ key, update: changes, condition: asked }) => {
    const names = {}, values = {}, sets = [], removes = [];
    Object.entries(changes).forEach(([field, change], number) => {
      const name = `#field_${number}`, value = `:field_${number}`;
      names[name] = field;
      const operation = change && change[" operation"];
      if (operation === "remove") return void removes.push(name);
      if (operation === "increment" || operation === "decrement") {
        values[value] = toDynamoDB(change.by);
        return void sets.push(`${name} = ${name} ${operation === "increment" ? "+" : "-"} ${value}`);
      }
      values[value] = toDynamoDB(operation ? change.value : change);
      sets.push(`${name} = ${value}`);
    });
    const written = [sets.length ? `SET ${sets.join(", ")}` : "", removes.length ? `REMOVE ${removes.join(", ")}` : ""];
    return {
      operation: "UpdateItem", key: toMapValues(key),
      update: { expression: written.filter((one) => one).join(" "), expressionNames: names, expressionValues: values },
      ...condition(asked),
    };
  };
  return complete("@aws-appsync/utils/dynamodb", {
    get: ({ key, consistentRead }) => ({ operation: "GetItem", key: toMapValues(key), ...(consistentRead ? { consistentRead } : {}) }),
    put: ({ key, item, condition: asked }) => ({ operation: "PutItem", key: toMapValues(key), attributeValues: toMapValues(item), ...condition(asked) }),
    remove: ({ key, condition: asked }) => ({ operation: "DeleteItem", key: toMapValues(key), ...condition(asked) }),
    query: ({ query: asked, filter, ...rest }) => ({ operation: "Query", query: expression(asked), ...query(filter), ...pages(rest) }),
    scan: ({ filter, ...rest }) => ({ operation: "Scan", ...query(filter), ...pages(rest) }),
    update,
    operations: complete("operations", operations),
  });
}

function modules(state) {
  const raise = (message, type, data, info) => { throw new ResolverError(message, type, data, info); };
  const util = complete("util", {
    error: raise,
    appendError: (message, type, data, info) => void state.appended.push({ message, type: type || "Custom", data: data ?? null, info: info ?? null }),
    unauthorized: () => raise("Unauthorized", "Unauthorized"),
    autoId: () => crypto.randomUUID(),
    matches: (pattern, text) => new RegExp(pattern).test(text),
    authType: () => state.context.authType || "User Pool Authorization",
    base64Encode: (text) => Buffer.from(text).toString("base64"),
    base64Decode: (text) => Buffer.from(text, "base64").toString(),
    urlEncode: (text) => encodeURIComponent(text),
    urlDecode: (text) => decodeURIComponent(text),
    time: complete("util.time", time()),
    dynamodb: complete("util.dynamodb", {
      toDynamoDB, toMapValues, toString: (one) => ({ S: one }), toNumber: (one) => ({ N: String(one) }),
      toBoolean: (one) => ({ BOOL: one }), toNull: () => ({ NULL: true }), toList: toDynamoDB, toMap: toDynamoDB,
      toStringSet: (one) => ({ SS: one }), toNumberSet: (one) => ({ NS: one.map(String) }),
    }),
    transform: complete("util.transform", {
      toSubscriptionFilter,
      toDynamoDBFilterExpression: (one) => JSON.stringify(expression(one)),
      toDynamoDBConditionExpression: (one) => JSON.stringify(expression(one)),
    }),
  });
  const extensions = complete("extensions", {
    setSubscriptionFilter: (filter) => { state.subscription = subscriptionFilter(filter); },
    setSubscriptionInvalidationFilter: (filter) => { state.invalidation = subscriptionFilter(filter); },
    invalidateSubscriptions: () => {},
    evictFromApiCache: () => {},
  });
  const runtime = {
    earlyReturn: (value, options) => { throw new EarlyReturn(value, (options && options.skipTo) || "NEXT"); },
  };
  return { "@aws-appsync/utils": { util, extensions, runtime }, "@aws-appsync/utils/dynamodb": dynamodb() };
}

module.exports = { modules, EarlyReturn, ResolverError };
