// Every page, dark, on a desk and on a telephone.
import { world } from '../harness.mjs';
import { everyPage } from '../pages.mjs';

const { scenario } = world();

everyPage(scenario, 'dark');
