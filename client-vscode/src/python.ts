// Which Python runs the server. Names and links are judged before anything is run, because a Python inside a
// workspace folder executes whatever that folder's author put beside it.
import type { PlatformPath } from "node:path";

export interface System {
  readonly platform: NodeJS.Platform;
  readonly path: PlatformPath;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly home: string;
  /** The path with its links resolved, or undefined when nothing is there. */
  readonly realpath: (file: string) => string | undefined;
  /** What the link itself says, or undefined when it is no link. */
  readonly readlink: (file: string) => string | undefined;
  /** What the command prints, or undefined when it fails. */
  readonly run: (command: string, args: readonly string[], cwd: string) => Promise<string | undefined>;
}

export interface Python {
  readonly command: string;
  readonly minor: number;
  readonly hasServer: boolean;
}

const names = ["python3.14", "python3.13", "python3.12", "python3.11", "python3", "python"];
const probe =
  "import sys, importlib.util as u; print(*sys.version_info[:2], u.find_spec('pybackend') is not None)";

/** The newest Python that has the server, else the newest that could have it. */
export async function findPython(system: System, workspace: readonly string[]): Promise<Python | undefined> {
  const commands = [...candidates(system), ...(await launcherCandidates(system, workspace))]
    .filter((command) => isOutside(system, command, workspace))
    .map((command) => standing(system, command));
  const found = await Promise.all([...new Set(commands)].map((command) => examine(system, command)));
  return found
    .filter((python) => python !== undefined)
    .sort((a, b) => Number(b.hasServer) - Number(a.hasServer) || b.minor - a.minor)[0];
}

/** Undefined when it does not run, or is older than the server needs. */
export async function examine(system: System, command: string): Promise<Python | undefined> {
  const output = await system.run(command, ["-I", "-c", probe], system.path.dirname(command));
  const [major, minor, hasServer] = output?.trim().split(" ") ?? [];
  if (major !== "3" || Number(minor) < 11) return undefined;
  return { command, minor: Number(minor), hasServer: hasServer === "True" };
}

/**
 * Whether no step of the way from the name to the program lies in a workspace folder. The last step alone
 * would not do: a virtual environment's `python` is a link to a system Python, and yet it is that environment.
 */
export function isOutside(system: System, command: string, workspace: readonly string[]): boolean {
  if (!system.path.isAbsolute(command) || system.realpath(command) === undefined) return false;
  const folders = workspace.flatMap((folder) => [folder, system.realpath(folder) ?? folder]);
  return [command, ...steps(system, command)].every((step) =>
    folders.every((folder) => {
      const way = system.path.relative(folder, step);
      return system.path.isAbsolute(way) || way.split(system.path.sep)[0] === "..";
    }),
  );
}

function* steps(system: System, command: string): Iterable<string> {
  for (let next: string | undefined = command; next !== undefined;) {
    const step = standing(system, next);
    yield step;
    const target = system.readlink(step);
    next = target === undefined ? undefined : system.path.resolve(system.path.dirname(step), target);
  }
}

/** The file in its real folder; the file itself may still be a link. */
function standing({ path, realpath }: System, file: string): string {
  const folder = path.dirname(file);
  return path.join(realpath(folder) ?? folder, path.basename(file));
}

function candidates({ path, platform, environment, home }: System): string[] {
  const windows = platform === "win32";
  // Tools that give each program an environment of its own put the server's in one of these.
  const tools = ["pipx/venvs", ".local/pipx/venvs", ".local/share/pipx/venvs", ".local/share/uv/tools"]
    .concat("AppData/Local/pipx/pipx/venvs", "AppData/Roaming/uv/tools")
    .map((folder) => path.join(home, folder, "pybackend", windows ? "Scripts" : "bin"));
  const search = (environment.PATH ?? environment.Path ?? "").split(path.delimiter);
  const common = windows ? [] : ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];
  return (
    [...tools, ...search, ...common]
      // Apple's own are too old, and open an installer where the developer tools are missing.
      .filter((folder) => platform !== "darwin" || folder !== "/usr/bin")
      .flatMap((folder) => names.map((name) => path.join(folder, windows ? `${name}.exe` : name)))
  );
}

async function launcherCandidates(system: System, workspace: readonly string[]): Promise<string[]> {
  const windows = system.environment.SystemRoot;
  if (system.platform !== "win32" || windows === undefined) return [];
  const launcher = system.path.join(windows, "py.exe");
  if (!isOutside(system, launcher, workspace)) return [];
  const listing = (await system.run(launcher, ["-0p"], windows)) ?? "";
  return listing.split(/\r?\n/).flatMap((line) => /[A-Za-z]:\\.*\.exe/.exec(line)?.[0] ?? []);
}
