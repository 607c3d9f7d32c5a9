/** A folder or files of this computer: their paths and sizes, and the text of those that are read. */

/** A file by its path in what was dropped or chosen. */
export interface LocalFile {
  readonly path: string;
  readonly file: File;
}

/** What was found; null where there is no such file. */
export interface LocalProject {
  readonly dockerfile: string | null;
  readonly dockerignore: string | null;
  readonly manifests: Readonly<Record<string, string>>;
  /** `size<TAB>path` lines. */
  readonly listing: string;
  readonly files: number;
  /** The texts of other files, where they were given alone: outputs of commands, if anything. */
  readonly others: readonly string[];
}

/** Folders of so many files that they are listed as a whole. */
const WHOLE = new Set(['node_modules', '.git', '.venv']);
/** A larger file is no manifest that people write or package managers make. */
const MAX_TEXT = 5_000_000;
/** A longer log is more than a page can hold. */
const MAX_OUTPUT = 20_000_000;
/** Workspaces have many manifests; more than this says nothing new. */
const MAX_MANIFESTS = 200;
/** How often the walk tells how far it is, in files. */
const TELL_EVERY = 500;

/** Manifests and lockfiles that the analysis reads. */
const MANIFEST = new RegExp(
  `(^|/)(${[
    'package(-lock)?\\.json|npm-shrinkwrap\\.json|yarn\\.lock|pnpm-lock\\.yaml|bun\\.lock',
    'requirements[^/]*\\.(txt|in)|pyproject\\.toml|(poetry|uv)\\.lock|Pipfile(\\.lock)?',
    'environment\\.ya?ml|go\\.(mod|sum)|Cargo\\.(toml|lock)|Gemfile(\\.lock)?',
    'composer\\.(json|lock)|pom\\.xml',
  ].join('|')})$`,
);
const DOCKERFILE = /^(Dockerfile|Containerfile)$|\.dockerfile$/;

/** True for a file whose text the analysis reads. */
export function isManifest(path: string): boolean {
  return MANIFEST.test(path);
}

/** The files below what was dropped. Must be called while the event is handled. */
export function droppedFiles(
  transfer: DataTransfer,
  tell: (count: number) => void,
  signal: AbortSignal,
): Promise<readonly LocalFile[]> {
  const entries = [...transfer.items].flatMap((item) => item.webkitGetAsEntry() ?? []);
  return new Walk(tell, signal).all(entries);
}

/** The files of a chosen folder, by their paths in it. */
export function chosenFiles(files: Iterable<File>): readonly LocalFile[] {
  return [...files].map((file) => ({
    path: file.webkitRelativePath.replace(/^[^/]*\//, '') || file.name,
    file,
  }));
}

class Walk {
  private readonly found: LocalFile[] = [];

  constructor(
    private readonly tell: (count: number) => void,
    private readonly signal: AbortSignal,
  ) {}

  /** One folder alone is the project; its name is not part of the paths. */
  async all(entries: readonly FileSystemEntry[]): Promise<readonly LocalFile[]> {
    const [only] = entries;
    const isProject = entries.length === 1 && only?.isDirectory === true;
    for (const entry of entries) await this.walk(entry, isProject ? '' : entry.name);
    return this.found;
  }

  private async walk(entry: FileSystemEntry, path: string): Promise<void> {
    this.signal.throwIfAborted();
    if (entry.isDirectory) {
      for (const child of await childrenOf(entry as FileSystemDirectoryEntry)) {
        await this.walk(child, path === '' ? child.name : `${path}/${child.name}`);
      }
      return;
    }
    // What cannot be read (a socket, a broken link) is not sent to a builder either.
    const file = await fileOf(entry as FileSystemFileEntry).catch(() => null);
    if (file) this.found.push({ path, file });
    if (this.found.length % TELL_EVERY === 0) this.tell(this.found.length);
  }
}

async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const children: FileSystemEntry[] = [];
  for (;;) {
    const some = await new Promise<FileSystemEntry[]>((resolve, reject) =>
      reader.readEntries(resolve, reject),
    ).catch(() => []);
    if (some.length === 0) return children;
    children.push(...some);
  }
}

function fileOf(entry: FileSystemFileEntry): Promise<File> {
  return new Promise((resolve, reject) => entry.file(resolve, reject));
}

/** True for files that come from a folder. */
export function areFolder(files: readonly LocalFile[]): boolean {
  return files.some(({ path }) => path.includes('/'));
}

/** Reads the few files whose text is used, and lists all of them; stops when `signal` says so. */
export async function readProject(
  files: readonly LocalFile[],
  signal: AbortSignal,
): Promise<LocalProject> {
  const text = async (wanted: (path: string) => boolean) =>
    (await files.find(({ path }) => wanted(path))?.file.text()) ?? null;
  const manifests = files
    .filter(({ path, file }) => isManifest(path) && !wholeOf(path) && file.size <= MAX_TEXT)
    .slice(0, MAX_MANIFESTS);
  const texts: [string, string][] = [];
  for (const { path, file } of manifests) {
    signal.throwIfAborted();
    texts.push([path, await file.text()]);
  }
  const others: string[] = [];
  for (const { path, file } of areFolder(files) ? [] : files) {
    signal.throwIfAborted();
    const isNamed = isManifest(path) || DOCKERFILE.test(path) || path === '.dockerignore';
    if (!isNamed && file.size <= MAX_OUTPUT) others.push(await file.text());
  }
  return {
    dockerfile: await text((path) => DOCKERFILE.test(path)),
    dockerignore: await text((path) => path === '.dockerignore'),
    manifests: Object.fromEntries(texts),
    listing: listingOf(files),
    files: files.length,
    others,
  };
}

/** The folder on a path that is listed as a whole. */
function wholeOf(path: string): string | null {
  const parts = path.split('/').slice(0, -1);
  const at = parts.findIndex((part) => WHOLE.has(part));
  return at < 0 ? null : parts.slice(0, at + 1).join('/');
}

function listingOf(files: readonly LocalFile[]): string {
  const whole = new Map<string, { bytes: number; files: number }>();
  const lines: string[] = [];
  for (const { path, file } of files) {
    // No line of a listing can name it.
    if (/[\n\t]/.test(path)) continue;
    const folder = wholeOf(path);
    if (folder === null) {
      lines.push(`${file.size}\t${path}\n`);
    } else {
      const sum = whole.get(folder) ?? { bytes: 0, files: 0 };
      whole.set(folder, { bytes: sum.bytes + file.size, files: sum.files + 1 });
    }
  }
  const folders = [...whole].map(([path, sum]) => `${sum.bytes}\t${path}/\t${sum.files}\n`);
  return [...lines, ...folders].join('');
}
