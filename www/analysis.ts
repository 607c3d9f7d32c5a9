/**
 * The page's side of the analysis worker. At most one request is under way and one waits; a newer
 * one takes the waiting one's place, so that an answer is never older than what it overtakes. A
 * worker that traps, hangs or is ended is replaced, and so is one that is slow with a text that has
 * changed since; what the user wrote stays where it is.
 */
import type { Answers, Ask, Question, Request, Response, Word } from './protocol';
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
  postMessage(message: Request | Ask | Word): void;
  terminate(): void;
}

export interface AnalysisListener {
  analysed(analysed: Analysed): void;
  status(status: AnalysisStatus): void;
  /** The data about this could not be loaded. */
  missing(about: string): void;
  /** The data about these is being loaded: nothing once it is there. */
  loading(about: readonly string[]): void;
}

interface Running {
  readonly id: number;
  readonly workspace: Workspace;
  /** Set once the worker has had the time that is owed to a text that is out of date. */
  isSlow: boolean;
}

interface Asked {
  readonly question: Question;
  answer(answer: Answers[keyof Answers] | null): void;
}

export class AnalysisClient {
  private worker: WorkerLike | null = null;
  private ready = false;
  private lastId = 0;
  private running: Running | null = null;
  private waiting: Workspace | null = null;
  private answered: Workspace | null = null;
  /** Questions of the editor that have no answer yet. */
  private readonly asked = new Map<number, Asked>();
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

  /** Asks about a place or a text; null when there is no answer to be had. */
  ask<K extends keyof Answers>(question: Question & { kind: K }): Promise<Answers[K] | null> {
    if (!this.worker) return Promise.resolve(null);
    this.lastId += 1;
    const id = this.lastId;
    return new Promise((resolve) => {
      const answer = (found: Answers[keyof Answers] | null) => resolve(found as Answers[K] | null);
      this.asked.set(id, { question, answer });
      if (this.ready) this.worker?.postMessage({ id, question });
    });
  }

  /** Ends the worker and whatever it does; another request starts a new one. */
  stop(): void {
    this.worker?.terminate();
    this.worker = null;
    this.waiting = null;
    this.finish();
    this.giveUpQuestions();
  }

  private giveUpQuestions(): void {
    for (const { answer } of this.asked.values()) answer(null);
    this.asked.clear();
  }

  /** Gives up what is under way, as the user asked. */
  cancel(): void {
    if (this.running) this.fail(MESSAGES.cancelled);
  }

  /** Goes on without the data that is being loaded. */
  stopLoading(): void {
    this.worker?.postMessage('stop-loading');
  }

  private restart(): void {
    this.worker?.terminate();
    this.finish();
    this.start();
  }

  private start(): void {
    this.ready = false;
    this.listener.loading([]);
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
        for (const [id, { question }] of this.asked) this.worker?.postMessage({ id, question });
        this.next();
        return;
      case 'load-failed':
        this.fail(MESSAGES.load);
        return;
      case 'incomplete':
        this.waitUntilReady();
        return;
      case 'crashed':
        if (this.asked.has(response.id)) this.startAfterQuestion();
        else this.fail(MESSAGES.crash);
        return;
      case 'answer':
        this.asked.get(response.id)?.answer(response.answer);
        this.asked.delete(response.id);
        return;
      case 'learnt':
        this.waiting ??= this.running?.workspace ?? this.answered;
        this.next();
        return;
      case 'loading':
        this.listener.loading(response.about);
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

  /** The worker lacks a part of the core: it is asked again, with the newest text, once it has it. */
  private waitUntilReady(): void {
    this.ready = false;
    const running = this.finish();
    this.waiting ??= running?.workspace ?? null;
    if (running) this.listener.status({ kind: 'busy', long: false });
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
    if (this.running) return this.fail(MESSAGES.ended);
    this.worker = null;
    this.giveUpQuestions();
  }

  /** A question was too much for the worker: the analysis goes on in another one. */
  private startAfterQuestion(): void {
    this.giveUpQuestions();
    this.waiting ??= this.running?.workspace ?? null;
    this.restart();
  }

  /** Drops the worker; a newer text that waits starts another, the text that failed does not. */
  private fail(message: string): void {
    this.worker?.terminate();
    this.worker = null;
    const wasRunning = this.finish() !== null;
    this.giveUpQuestions();
    this.listener.loading([]);
    this.listener.status({ kind: 'failed', message });
    if (wasRunning && this.waiting) this.request(this.waiting);
  }
}

const MESSAGES = {
  load: 'The analysis could not be loaded. Your text is safe; the editor works without it.',
  crash: 'The analysis stopped on this text. Your text is safe; the next edit tries again.',
  ended: 'The browser ended the analysis. Your text is safe; the next edit tries again.',
  cancelled: 'The analysis was cancelled. Your text is as it was.',
  timeout: 'The analysis took too long on this text and was stopped. Your text is safe.',
};
