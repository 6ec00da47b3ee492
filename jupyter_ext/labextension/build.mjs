// Strips the types off the sources; a browser needs no more than that. `node build.mjs FOLDER`

import { copyFileSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';

const here = import.meta.dirname;
const folder = process.argv[2];

rmSync(folder, { recursive: true, force: true });
mkdirSync(join(folder, 'static'), { recursive: true });
copyFileSync(join(here, 'package.json'), join(folder, 'package.json'));
for (const name of readdirSync(join(here, 'source'))) {
  const script = stripTypeScriptTypes(readFileSync(join(here, 'source', name), 'utf-8'));
  writeFileSync(join(folder, 'static', name.replace(/\.ts$/, '.js')), script);
}
