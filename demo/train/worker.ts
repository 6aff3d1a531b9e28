/** The worker's script: a training that answers the page's calls. */
import { expose } from 'comlink';
import { TrainingRun } from './training-run.ts';

expose(new TrainingRun());
