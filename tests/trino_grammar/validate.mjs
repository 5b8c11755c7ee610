// Reads a JSON list of SQL texts from standard input; prints for each a list of what Trino's grammar finds wrong.
//
//     node validate.mjs FOLDER-WITH-node_modules
//
// The grammar's package is written for bundlers, which complete the names of its modules; the hooks do so for Node.
import { readFileSync } from 'node:fs';
import { register } from 'node:module';
import { pathToFileURL } from 'node:url';

const hooks = `
export async function resolve(name, context, next) {
  if (!name.startsWith('.')) return next(name, context);
  for (const tried of [name, name + '.js', name + '/index.js']) {
    try { return await next(tried, context); } catch (error) { if (tried.endsWith('/index.js')) throw error; }
  }
}
export async function load(url, context, next) {
  return next(url, url.includes('/dt-sql-parser/dist/') ? { ...context, format: 'module' } : context);
}`;
register('data:text/javascript,' + encodeURIComponent(hooks));

const package_ = pathToFileURL(process.argv[2] + '/node_modules/dt-sql-parser/dist/index.js');
const { TrinoSQL } = await import(package_);
const parser = new TrinoSQL();
const statements = JSON.parse(readFileSync(0, 'utf8'));
console.log(JSON.stringify(statements.map((statement) => parser.validate(statement).map((found) => found.message))));
