// Pages under load: what is right for one reader is right for many at once.
import { world } from '../harness.mjs';
import { everyPageForMany } from '../pages.mjs';

const { scenario } = world();

everyPageForMany(scenario);
