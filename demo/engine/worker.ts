/** The worker's script: an engine that answers the page's calls. */
import { expose } from 'comlink';
import { Engine } from './engine.ts';
import { prepareTransfers } from './remote.ts';

prepareTransfers();
expose(new Engine());
