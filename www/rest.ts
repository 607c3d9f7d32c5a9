/**
 * The part of the core that the first view does without: what it holds is a trap until it is there.
 * It works on the first part's memory, with what that exports.
 */
export class Rest {
  private loading: Promise<void> | null = null;
  private loaded = false;

  constructor(
    private readonly first: object,
    private readonly address: string,
  ) {}

  get isLoaded(): boolean {
    return this.loaded;
  }

  /** Loads it, if it is not there yet; what failed is tried again. */
  load(): Promise<void> {
    return (this.loading ??= this.fetch().catch((error: unknown) => {
      this.loading = null;
      throw error;
    }));
  }

  private async fetch(): Promise<void> {
    const response = await fetch(this.address);
    if (!response.ok) throw new Error(`${this.address}: ${response.status}`);
    const first = this.first as WebAssembly.ModuleImports;
    await WebAssembly.instantiate(await response.arrayBuffer(), { first });
    this.loaded = true;
  }
}
