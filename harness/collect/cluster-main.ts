/**
 * The inside part of the sandbox `cluster`: it runs in the observer's container and has the agents
 * of the others do the rest. Its argument is one JSON object (see `ClusterOptions`).
 */
import type { ClusterOptions } from '../domain/cluster-options.ts';
import { openCluster } from './cluster-site.ts';
import { runInside } from './inside.ts';

const options = JSON.parse(process.argv[2] ?? '{}') as ClusterOptions;
await runInside(options, () => (plan, context) => openCluster(options, plan, context));
