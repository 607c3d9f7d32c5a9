// Prints what the page's first view runs of the core, as JSON: of a module that exports
// `ran N` for each of its functions, those numbers whose value is not 0.
//
//     node first-view.js GLUE MODULE DOCKERFILE
import { readFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';

const [glue, module, file] = process.argv.slice(2);
const { default: init, Analyzer } = await import(pathToFileURL(glue).href);
const exports = await init({ module_or_path: await readFile(module) });

// As www/worker.ts is asked by the page, and by the embedded one.
const dockerfile = await readFile(file, 'utf8');
const analyzer = new Analyzer();
analyzer.outline(dockerfile);
analyzer.analyze({
  dockerfile,
  dockerignore: '',
  context: null,
  manifests: {},
  recipes: {},
  changes: [],
  measured: [''],
  settings: {},
  build_args: {},
  target: null,
  weekly: {},
  git_log: null,
  build_log: null,
});

const ran = Object.entries(exports).filter(([name, ran]) => name.startsWith('ran ') && ran.value);
console.log(JSON.stringify(ran.map(([name]) => Number(name.slice('ran '.length)))));
