// Times our WebAssembly and the parsers of npm on the same texts, in Node and in
// Chromium alike.
import { DockerfileParser } from 'dockerfile-ast';
import { validate } from 'dockerfile-utils';

/** Runs of a part; as many again make no difference any more. */
const mostRuns = 10_000;
/** What a run should last, in ms, for the clock to tell: short ones are counted together. */
const shortest = 1;

/**
 * `core` is the page's own module with all its packs, `parts` the one that has
 * the parts of an analysis; `whole` asks for those that nobody else has.
 */
export function measure({ core, parts }, inputs, whole) {
  const readings = [];
  const limit = inputs.seconds * 1000;
  const read = (tool, part, input, texts, action) =>
    readings.push({ tool, part, input, ...each(limit, texts, action) });
  const memory = [{ input: 'packs', bytes: core.memory.buffer.byteLength }];
  for (const { name, text } of inputs.sizes) {
    beside(read, name, [text], parts);
    if (!whole) continue;
    const subject = new parts.Subject(text);
    read('playground', 'optimize', name, [subject], () => subject.optimize());
    subject.free();
    // A history is one of the files in the listing.
    const listed = new parts.Subject(text, inputs.listing);
    read('playground', 'replay', name, [listed], () => listed.replay(inputs.log));
    listed.free();
    read('playground', 'report', name, [text], () => report(core, text));
    memory.push({ input: name, bytes: core.memory.buffer.byteLength });
  }
  const real = inputs.real.map(({ text }) => text);
  beside(read, 'real', real, parts);
  if (whole) {
    readings.push(typed(core, inputs), ...real100(core, real));
    read('playground', 'report', 'real', real, (text) => report(core, text));
  }
  return { readings, memory };
}

/** What others do as well. */
function beside(read, name, texts, parts) {
  read('playground', 'parse', name, texts, parts.parse);
  read('dockerfile-ast', 'parse', name, texts, parse);
  read('dockerfile-utils', 'check', name, texts, (text) => validate(text).length);
  const subjects = texts.map((text) => new parts.Subject(text));
  read('playground', 'check', name, subjects, (subject) => subject.check());
  for (const subject of subjects) subject.free();
}

function report({ analyzer }, dockerfile) {
  return analyzer.analyze({ dockerfile }).findings.length;
}

function parse(text) {
  return DockerfileParser.parse(text).getInstructions().length;
}

/** The report of each real Dockerfile of 90 to 110 lines, five times. */
function real100(core, real) {
  const texts = real.filter((text) => /^([^\n]*\n){90,110}$/.test(text));
  if (texts.length === 0) return [];
  const rounds = Array.from({ length: 5 }, () =>
    texts.map((text) => time(() => report(core, text))),
  );
  return [{ tool: 'playground', part: 'report', input: 'real100', ...summary(rounds.flat(), NaN) }];
}

/** The report of 100 lines after every key: no two texts are the same. */
function typed(core, { typed }) {
  const at = typed.text.indexOf('\n', typed.text.length / 2);
  const runs = Array.from({ length: 500 }, (_, key) => {
    const word = ' # ' + 'typing'.repeat(1 + key / 6).slice(0, key + 1);
    const dockerfile = typed.text.slice(0, at) + word + typed.text.slice(at);
    return time(() => report(core, dockerfile));
  });
  return { tool: 'playground', part: 'report', input: 'typed', ...summary(runs, runs[0]) };
}

/** Runs something over and over for so many ms, twice at least; times in ns. */
function repeat(limit, action) {
  const first = time(action);
  const count = Math.max(1, Math.ceil(shortest / Math.max(first, 0.001)));
  const runs = [];
  const end = performance.now() + limit;
  while (runs.length < 2 || (performance.now() < end && runs.length < mostRuns)) {
    runs.push(time(() => many(count, action)) / count);
  }
  return summary(runs, first);
}

/** Does the same with each of some items, and adds up. */
function each(limit, items, action) {
  const times = items.map((item) => repeat(limit / items.length, () => action(item)));
  const sum = (name) => times.reduce((sum, one) => sum + one[name], 0);
  const names = ['runs', 'first', 'least', 'median', 'p95'];
  return Object.fromEntries(names.map((name) => [name, sum(name)]));
}

let sink = 0;
function many(count, action) {
  for (let n = 0; n < count; n++) sink += action();
}

function time(action) {
  const start = performance.now();
  action();
  return performance.now() - start;
}

/** Of times in ms. */
function summary(runs, first) {
  const sorted = runs.toSorted((a, b) => a - b);
  const at = (share) => sorted[Math.floor((sorted.length - 1) * share)] * 1e6;
  return { runs: runs.length, first: first * 1e6, least: at(0), median: at(0.5), p95: at(0.95) };
}
