// Every page, light, on a desk and on a telephone.
import { world } from '../harness.mjs';
import { everyPage } from '../pages.mjs';

const { scenario } = world();

everyPage(scenario, 'light');
