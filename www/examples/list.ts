/** The examples of the header's menu. Their texts are plain files beside this list. */
import fastapi from './python-fastapi/Dockerfile?raw';
import goService from './go-service/Dockerfile?raw';
import nodeCopyFirst from './node-copy-first/Dockerfile?raw';
import nodeGood from './node-good/Dockerfile?raw';
import nodeGoodIgnore from './node-good/dockerignore?raw';
import nodeService from './node-service/Dockerfile?raw';
import staticSite from './static-site/Dockerfile?raw';

/** A Dockerfile to start from. */
export interface Example {
  readonly id: string;
  readonly title: string;
  readonly dockerfile: string;
  readonly dockerignore: string;
}

/** The page opens on the first one. */
export const examples: readonly [Example, ...Example[]] = [
  { id: 'node-service', title: 'Node service', dockerfile: nodeService, dockerignore: '' },
  {
    id: 'node-copy-first',
    title: 'Node, sources copied first',
    dockerfile: nodeCopyFirst,
    dockerignore: '',
  },
  { id: 'python-fastapi', title: 'Python with FastAPI', dockerfile: fastapi, dockerignore: '' },
  { id: 'go-service', title: 'Go service, one stage', dockerfile: goService, dockerignore: '' },
  { id: 'static-site', title: 'Static site on nginx', dockerfile: staticSite, dockerignore: '' },
  {
    id: 'node-good',
    title: 'Node, already good',
    dockerfile: nodeGood,
    dockerignore: nodeGoodIgnore,
  },
];
