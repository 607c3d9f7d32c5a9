// Starts the two modules; `get` brings the bytes of a file.
export async function start(playground, measured, get, packs) {
  const { memory } = await playground.default({
    module_or_path: await get('playground/dockerfile_playground_bg.wasm'),
  });
  await measured.default({ module_or_path: await get('measure/measure_bg.wasm') });
  const analyzer = new playground.Analyzer();
  for (const pack of packs) analyzer.load(await get(`playground/packs/${pack}`));
  return { core: { analyzer, memory }, parts: measured };
}
