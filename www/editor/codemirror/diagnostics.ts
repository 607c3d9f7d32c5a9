/** The report's syntax errors and findings as CodeMirror diagnostics. */
import { type Diagnostic, setDiagnostics } from '@codemirror/lint';
import type { Text } from '@codemirror/state';
import type { EditorView } from '@codemirror/view';
import type { Finding, Problem, Report } from '../../../pkg/report';
import { toldOnce } from '../../findings';
import type { TextFile } from '../../state';
import { fixTransaction } from './fix';

interface Place {
  readonly line: number;
  readonly column: number;
  readonly end_line: number;
  readonly end_column: number;
}

/** The offset of a 1-based place, kept within the text. */
function offset(doc: Text, line: number, column: number): number {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  return Math.min(at.from + Math.max(column, 1) - 1, at.to);
}

function rangeOf(doc: Text, place: Place): { from: number; to: number } {
  const from = offset(doc, place.line, place.column);
  return { from, to: Math.max(from, offset(doc, place.end_line, place.end_column)) };
}

function ofProblem(doc: Text, problem: Problem): Diagnostic {
  const message = problem.help ? `${problem.message}\n${problem.help}` : problem.message;
  return { ...rangeOf(doc, problem), severity: 'error', message };
}

function ofFinding(doc: Text, finding: Finding): Diagnostic {
  const { severity, message, rule: source, fix } = finding;
  // What changes the other file is offered in the list of findings.
  const actions =
    fix && typeof fix.dockerignore !== 'string'
      ? [{ name: fix.title, apply: (view: EditorView) => view.dispatch(fixTransaction(fix)) }]
      : [];
  return { ...rangeOf(doc, finding), severity, message, source, actions };
}

/** Shows what a report says of the text. */
export function showDiagnostics(view: EditorView, file: TextFile, report: Report): void {
  const { doc } = view.state;
  const diagnose = file === 'dockerfile' ? diagnosticsOf : ignoreDiagnosticsOf;
  // An empty text is where one begins, not where one went wrong.
  const isEmpty = doc.toString().trim() === '';
  view.dispatch(setDiagnostics(view.state, isEmpty ? [] : diagnose(doc, report)));
}

export function diagnosticsOf(doc: Text, report: Report): Diagnostic[] {
  return [
    ...report.syntax.errors.map((problem) => ofProblem(doc, problem)),
    ...toldOnce(report).map((finding) => ofFinding(doc, finding)),
  ].sort((a, b) => a.from - b.from);
}

/** How the report marks those of the context's problems that are in the .dockerignore. */
const IGNORE_PREFIX = '.dockerignore: ';

/** Diagnostics of the .dockerignore. */
export function ignoreDiagnosticsOf(doc: Text, report: Report): Diagnostic[] {
  return report.context.problems
    .filter(({ message }) => message.startsWith(IGNORE_PREFIX))
    .map((problem) => ({ ...problem, message: problem.message.slice(IGNORE_PREFIX.length) }))
    .map((problem) => ofProblem(doc, problem))
    .sort((a, b) => a.from - b.from);
}
