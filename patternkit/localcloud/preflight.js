// Holds templates to the rules of cdk-preflight, without an app: standard input has the templates, the output the findings.
// NODE_PATH has cdk-preflight's rules and the engine of aws-cdk-lib that they are written for.
const { BUNDLED_RULES } = require("cdk-preflight/lib/rules.generated.js");
const { PreflightEnforcePlugin } = require("cdk-preflight/lib/private/enforce.js");

const stackTemplates = JSON.parse(require("fs").readFileSync(0, "utf8"));
const report = new PreflightEnforcePlugin(BUNDLED_RULES, false).validate({ stackTemplates });
process.stdout.write(JSON.stringify(report.violations));
