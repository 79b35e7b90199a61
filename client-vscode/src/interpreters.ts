import { extensions, workspace, type Disposable, type Uri } from "vscode";

/** What the Python extension says of the interpreters that are chosen in it. */
interface PythonExtension {
  readonly environments?: {
    getActiveEnvironmentPath(resource: Uri): { readonly path: string };
    onDidChangeActiveEnvironmentPath(listener: () => void): Disposable;
  };
}

interface Interpreter {
  readonly folder: string;
  readonly python: string;
}

let environments: PythonExtension["environments"];

/** Calls `changed` whenever another interpreter is chosen. Nothing waits for the Python extension to start. */
export async function followInterpreters(changed: () => void): Promise<Disposable | undefined> {
  const python = extensions.getExtension<PythonExtension | undefined>("ms-python.python");
  environments = (await python?.activate())?.environments;
  if (environments === undefined) return undefined;
  changed();
  return environments.onDidChangeActiveEnvironmentPath(changed);
}

/** The interpreter of each folder; their environments are read for what is installed, and never run. */
export function interpreters(): Interpreter[] {
  const known = environments;
  if (known === undefined) return [];
  return (workspace.workspaceFolders ?? []).map(({ uri }) => ({
    folder: uri.fsPath,
    python: known.getActiveEnvironmentPath(uri).path,
  }));
}
