// What Chromium runs.
import { Buffer } from 'buffer';
import { measure } from './measure.js';
import { start } from './start.js';
import * as measured from './measure/measure.js';
import * as playground from './playground/dockerfile_playground.js';

// dockerfile-ast wants Node's, which bundlers of its users bring.
globalThis.Buffer = Buffer;

const get = async (file) => new Uint8Array(await (await fetch(file)).arrayBuffer());

globalThis.run = async (packs) => {
  const inputs = await (await fetch('inputs.json')).json();
  return measure(await start(playground, measured, get, packs), inputs, true);
};
