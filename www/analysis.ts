/**
 * The page's side of the analysis worker. At most one request is under way and one waits; a newer
 * one takes the waiting one's place, so that an answer is never older than what it overtakes. A
 * worker that traps, hangs or is ended is replaced, and so is one that is slow with a text that has
 * changed since; what the user wrote stays where it is.
 */
import type { Request, Response } from './protocol';
import { type AnalysisStatus, type Analysed, type Workspace, projectOf } from './state';

/** An answer that takes longer than this is announced. */
const BUSY_AFTER_MS = 300;
/** A worker that takes longer than this is given up. */
const GIVE_UP_AFTER_MS = 15_000;
/** A worker that takes longer than this is given up as soon as a newer text waits. */
const PATIENCE_MS = 3_000;

/** The part of `Worker` that is used here. */
export interface WorkerLike {
  onmessage: ((event: MessageEvent<Response>) => void) | null;
  onerror: ((event: ErrorEvent) => void) | null;
  /** Called when the worker has ended, by `terminate` or by the browser. */
  onended: (() => void) | null;
  postMessage(request: Request): void;
  terminate(): void;
}

export interface AnalysisListener {
  analysed(analysed: Analysed): void;
  status(status: AnalysisStatus): void;
  /** The data about this could not be loaded. */
  missing(about: string): void;
}

interface Running {
  readonly id: number;
  readonly workspace: Workspace;
  /** Set once the worker has had the time that is owed to a text that is out of date. */
  isSlow: boolean;
}

export class AnalysisClient {
  private worker: WorkerLike | null = null;
  private ready = false;
  private lastId = 0;
  private running: Running | null = null;
  private waiting: Workspace | null = null;
  private answered: Workspace | null = null;
  private busyTimer: ReturnType<typeof setTimeout> | undefined;
  private patienceTimer: ReturnType<typeof setTimeout> | undefined;
  private giveUpTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly spawn: () => WorkerLike,
    private readonly listener: AnalysisListener,
  ) {}

  /** Asks for a report on a workspace; only the newest one asked for is sure to be answered. */
  request(workspace: Workspace): void {
    this.waiting = workspace;
    if (!this.worker || this.running?.isSlow) this.restart();
    this.next();
  }

  /** Ends the worker and whatever it does; another request starts a new one. */
  stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting = null;
    this.finish();
  }

  /** Gives up what is under way, as the user asked. */
  cancel(): void {
    if (this.running) this.fail(MESSAGES.cancelled);
  }

  private restart(): void {
    this.worker?.terminate();
    this.finish();
    this.start();
  }

  private start(): void {
    this.ready = false;
    const worker = this.spawn();
    worker.onmessage = ({ data }) => this.receive(data);
    worker.onerror = () => this.fail(this.ready ? MESSAGES.crash : MESSAGES.load);
    worker.onended = () => this.ended(worker);
    this.worker = worker;
  }

  private next(): void {
    if (!this.ready || this.running || !this.waiting) return;
    const workspace = this.waiting;
    this.waiting = null;
    this.lastId += 1;
    this.running = { id: this.lastId, workspace, isSlow: false };
    this.busyTimer = setTimeout(
      () => this.listener.status({ kind: 'busy', long: false }),
      BUSY_AFTER_MS,
    );
    this.patienceTimer = setTimeout(() => this.losePatience(), PATIENCE_MS);
    this.giveUpTimer = setTimeout(() => this.fail(MESSAGES.timeout), GIVE_UP_AFTER_MS);
    this.worker?.postMessage({ id: this.lastId, project: projectOf(workspace) });
  }

  private losePatience(): void {
    if (this.running) this.running.isSlow = true;
    if (this.waiting) this.request(this.waiting);
    else this.listener.status({ kind: 'busy', long: true });
  }

  private receive(response: Response): void {
    switch (response.kind) {
      case 'ready':
        this.ready = true;
        this.next();
        return;
      case 'load-failed':
        this.fail(MESSAGES.load);
        return;
      case 'crashed':
        this.fail(MESSAGES.crash);
        return;
      case 'learnt':
        this.waiting ??= this.running?.workspace ?? this.answered;
        this.next();
        return;
      case 'pack-missing':
        this.listener.missing(response.about);
        return;
      case 'report': {
        const running = this.finish();
        if (running?.id === response.id) {
          this.answered = running.workspace;
          this.listener.analysed({ report: response.report, workspace: running.workspace });
        }
        this.next();
      }
    }
  }

  private finish(): Running | null {
    clearTimeout(this.busyTimer);
    clearTimeout(this.patienceTimer);
    clearTimeout(this.giveUpTimer);
    const { running } = this;
    this.running = null;
    return running;
  }

  /** The browser ended the worker; one that had nothing to do is missed by nobody. */
  private ended(worker: WorkerLike): void {
    if (worker !== this.worker) return;
    if (this.running) this.fail(MESSAGES.ended);
    else this.worker = null;
  }

  /** Drops the worker; a newer text that waits starts another, the text that failed does not. */
  private fail(message: string): void {
    this.worker?.terminate();
    this.worker = null;
    const wasRunning = this.finish() !== null;
    this.listener.status({ kind: 'failed', message });
    if (wasRunning && this.waiting) this.request(this.waiting);
  }
}

const MESSAGES = {
  load: 'The analysis could not be loaded. Your text is safe; the editor works without it.',
  crash: 'The analysis stopped on this text. Your text is safe; the next edit tries again.',
  cancelled: 'The analysis was cancelled. Your text is as it was.',
  ended: 'The browser ended the analysis. Your text is safe; the next edit tries again.',
  timeout: 'The analysis took too long on this text and was stopped. Your text is safe.',
};
