/**
 * Where the files are that the worker loads. The page knows, and tells the worker by its name: what
 * bundles the page finds addresses in modules, and not in a worker, which is but a file to it.
 */

export interface Addresses {
  /** The core in two parts: what the first view needs, and the rest. */
  readonly first: string;
  readonly rest: string;
  /** By their names in the core. */
  readonly packs: Readonly<Record<string, string>>;
}

export const addresses: Addresses = {
  first: new URL('../pkg/dockerfile_playground_first.wasm', import.meta.url).href,
  rest: new URL('../pkg/dockerfile_playground_rest.wasm', import.meta.url).href,
  packs: {
    alpine: new URL('../pkg/packs/alpine.pack', import.meta.url).href,
    images: new URL('../pkg/packs/images.pack', import.meta.url).href,
    licences: new URL('../pkg/packs/licences.pack', import.meta.url).href,
    npm: new URL('../pkg/packs/npm.pack', import.meta.url).href,
    pip: new URL('../pkg/packs/pip.pack', import.meta.url).href,
    rpm: new URL('../pkg/packs/rpm.pack', import.meta.url).href,
    'debian-bullseye': new URL('../pkg/packs/debian-bullseye.pack', import.meta.url).href,
    'debian-bookworm': new URL('../pkg/packs/debian-bookworm.pack', import.meta.url).href,
    'debian-trixie': new URL('../pkg/packs/debian-trixie.pack', import.meta.url).href,
  },
};
