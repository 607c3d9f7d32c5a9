/** Clipboard and downloads. */

/** Copies a text; false when the browser does not allow it. */
export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Saves a text under exactly this name: a type that browsers know would add `.txt` to it. */
export function download(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/octet-stream' }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  URL.revokeObjectURL(url);
}

/** What could be read of some files, and the names of those that were too large or not text. */
export interface ReadFiles {
  readonly texts: Readonly<Record<string, string>>;
  readonly refused: readonly string[];
}

/** A larger file is no manifest that people write or package managers make. */
const MAX_FILE_BYTES = 5_000_000;

/** Reads files as text, by their path where they come from a folder. */
export async function readFiles(files: Iterable<File>): Promise<ReadFiles> {
  const texts: Record<string, string> = {};
  const refused: string[] = [];
  for (const file of files) {
    const name = file.webkitRelativePath || file.name;
    const text = file.size <= MAX_FILE_BYTES ? await file.text().catch(() => null) : null;
    if (text === null || text.includes('\0')) refused.push(name);
    else texts[name] = text;
  }
  return { texts, refused };
}
