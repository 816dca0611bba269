// Lays graphs out with ELK. Each line of standard input is a list of graphs; it is answered by one line, with the same
// graphs and their coordinates, or with an error.
const ELK = require("elkjs/lib/elk.bundled.js");
const elk = new ELK();

require("readline")
  .createInterface({ input: process.stdin })
  .on("line", (line) =>
    Promise.all(JSON.parse(line).map((one) => elk.layout(one))).then(
      (made) => process.stdout.write(JSON.stringify({ made }) + "\n"),
      (error) => process.stdout.write(JSON.stringify({ error: String(error) }) + "\n"),
    ),
  );
