/**
 * The examples of the header's menu. Each is a folder: `Dockerfile`, and where the project has them
 * `dockerignore` and `listing`, what is in its folder.
 */

/** A project to start from. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly dockerfile: string;
  readonly dockerignore: string;
  /** The listing of the build context; null assumes a typical project. */
  readonly context: string | null;
}

const files = import.meta.glob<string>('./*/*', { query: '?raw', import: 'default', eager: true });

function example(id: string, title: string): Example {
  const file = (name: string) => files[`./${id}/${name}`];
  return {
    id,
    title,
    dockerfile: file('Dockerfile') ?? '',
    dockerignore: file('dockerignore') ?? '',
    context: file('listing') ?? null,
  };
}

/** The page opens on the first one. */
export const examples: readonly [Example, ...Example[]] = [
  example('node-service', 'Node service'),
  example('node-copy-first', 'Node, sources copied first'),
  example('node-good', 'Node, already good'),
  example('python-fastapi', 'Python with FastAPI'),
  example('go-service', 'Go service, one stage'),
  example('rust-service', 'Rust service'),
  example('java-spring', 'Java with Spring'),
  example('dotnet-api', '.NET web API'),
  example('ruby-rails', 'Ruby on Rails'),
  example('php-laravel', 'PHP with Laravel'),
  example('cpp-server', 'C++ server'),
  example('static-site', 'Static site on nginx'),
];
