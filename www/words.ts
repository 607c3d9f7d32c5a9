/** What the report's enumerations are called on the page. */
import type {
  Applicability,
  CacheMode,
  EvidenceKind,
  FindingKind,
  Kind,
  Severity,
  StageReport,
  StepStatus,
} from '../pkg/report';

export const kindNames: Readonly<Record<Kind, string>> = {
  os: 'System and runtime',
  package: 'Packages',
  cache: 'Caches',
  manifest: 'Manifests',
  source: 'Project files',
  build_output: 'Build output',
  temp: 'Temporary files',
};

export const evidenceNames: Readonly<Record<EvidenceKind, string>> = {
  given: 'from your input',
  measured: 'measured',
  derived: 'computed',
  typical: 'typical',
  assumed: 'assumed',
};

export const statusNames: Readonly<Record<StepStatus, string>> = {
  cached: 'cached',
  run: 'runs',
  unneeded: 'not built',
};

export const modeNames: Readonly<Record<CacheMode, string>> = {
  local: 'On this builder',
  none: 'No cache',
  registry_min: 'Registry, mode=min',
  registry_max: 'Registry, mode=max',
  gha: 'GitHub Actions',
  inline: 'In the image',
};

export const severityNames: Readonly<Record<Severity, string>> = {
  error: 'Error',
  warning: 'Warning',
  info: 'Info',
};

export const findingKindNames: Readonly<Record<FindingKind, string>> = {
  size: 'size',
  cache: 'cache',
  security: 'security',
  correctness: 'correctness',
  style: 'style',
};

export const applicabilityNames: Readonly<Record<Applicability, string>> = {
  safe: 'safe',
  likely: 'likely safe',
  risky: 'risky',
};

/** What a stage is called: its name, or its place. */
export function stageName({ name, index, final: isFinal }: StageReport): string {
  return name ?? (isFinal ? 'final stage' : `stage ${index}`);
}

/** What becomes of a stage. */
export function fateOf({ final: isFinal, needed }: StageReport): string {
  if (isFinal) return 'shipped';
  return needed ? 'thrown away after the build' : 'not built';
}
