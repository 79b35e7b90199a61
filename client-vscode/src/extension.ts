import { dirname } from "node:path";
import { commands, window, workspace, type ExtensionContext, type LogOutputChannel } from "vscode";
import { LanguageClient, TransportKind } from "vscode-languageclient/node";
import { followInterpreters, interpreters } from "./interpreters";
import { examine, findPython, isOutside, type Python } from "./python";
import { system } from "./system";

let client: LanguageClient | undefined;
let command: string | undefined;
let queue: Promise<void> = Promise.resolve();

export async function activate(context: ExtensionContext): Promise<void> {
  const log = window.createOutputChannel("pybackend", { log: true });
  const restart = () => inTurn(() => stop().then(() => start(log)));
  context.subscriptions.push(
    log,
    commands.registerCommand("pybackend.restart", restart),
    commands.registerCommand("pybackend.showLog", () => {
      log.show();
    }),
    workspace.onDidChangeConfiguration((event) => {
      // A little later: the client tells the running server of the same change first.
      if (event.affectsConfiguration("pybackend.serverPython")) setImmediate(() => void restart());
    }),
    // A folder added later may hold the Python that is running.
    workspace.onDidChangeWorkspaceFolders(() =>
      command !== undefined && !isOutside(system, command, folders()) ? restart() : undefined,
    ),
  );
  await restart();
  void followInterpreters(() => void inTurn(tellSettings)).then(
    (following) => following && context.subscriptions.push(following),
    // A Python extension that does not start has nothing chosen.
    () => undefined,
  );
}

export function deactivate(): Promise<void> {
  return inTurn(stop);
}

/** Starts and stops never overlap, however quickly they are asked for. */
function inTurn(work: () => Promise<void>): Promise<void> {
  queue = queue.then(work, work);
  return queue;
}

function folders(): string[] {
  return (workspace.workspaceFolders ?? []).map((folder) => folder.uri.fsPath);
}

function settings(): object {
  return { ...workspace.getConfiguration().get<object>("pybackend"), interpreters: interpreters() };
}

async function tellSettings(): Promise<void> {
  const changed = { settings: { pybackend: settings() } };
  // A server that does not run is told when it starts.
  await client?.sendNotification("workspace/didChangeConfiguration", changed).catch(() => undefined);
}

async function stop(): Promise<void> {
  const running = client;
  client = command = undefined;
  await running?.dispose().catch(() => undefined); // A server that crashed is stopped already.
}

async function start(log: LogOutputChannel): Promise<void> {
  const python = await choosePython();
  if (typeof python === "string") {
    log.error(python);
    void complain(python);
    return;
  }
  log.info(`Server runs on Python 3.${String(python.minor)}: ${python.command}`);
  command = python.command;
  client = new LanguageClient(
    "pybackend",
    "pybackend",
    {
      command,
      args: ["-I", "-m", "pybackend", "server"],
      options: { cwd: dirname(command) },
      transport: TransportKind.stdio,
    },
    {
      documentSelector: [
        { language: "python", scheme: "file" },
        { language: "python", scheme: "untitled" },
        { pattern: "**/{pyproject,pybackend}.toml", scheme: "file" },
        { pattern: "**/templates/**/*.{html,txt}", scheme: "file" },
        { language: "django-html", scheme: "file" },
        { language: "django-txt", scheme: "file" },
      ],
      initializationOptions: () => ({ settings: settings() }),
      middleware: {
        workspace: {
          configuration: async (parameters, token, next) => {
            const found = await next(parameters, token);
            const isOurs = (at: number) => parameters.items[at]?.section === "pybackend";
            return Array.isArray(found)
              ? found.map((value: unknown, at) => (isOurs(at) ? settings() : value))
              : found;
          },
          didChangeConfiguration: tellSettings,
        },
      },
      // Pushed, so that the server needs no second round trip to know them.
      // eslint-disable-next-line @typescript-eslint/no-deprecated
      synchronize: { configurationSection: "pybackend" },
      outputChannel: log,
      traceOutputChannel: log,
    },
  );
  // The client shows its own message, and the log has the server's last words.
  await client.start().catch((error: unknown) => {
    log.error(String(error));
  });
}

/** The Python to run, or the sentence that says why there is none. */
async function choosePython(): Promise<Python | string> {
  const named = workspace.getConfiguration("pybackend").get<string>("serverPython") ?? "";
  if (named !== "" && !isOutside(system, named, folders()))
    return `pybackend.serverPython must be an absolute path to a Python outside the workspace: ${named}`;
  const python = await (named === "" ? findPython(system, folders()) : examine(system, named));
  if (python === undefined && named !== "") return `pybackend needs Python 3.11 or later: ${named} is not`;
  if (python === undefined)
    return "pybackend needs Python 3.11 or later outside the workspace: none was found";
  const install = `${python.command} -m pip install pybackend`;
  return python.hasServer ? python : `The pybackend server is not installed. Run: ${install}`;
}

async function complain(message: string): Promise<void> {
  const chosen = await window.showErrorMessage(message, "Open settings", "Retry");
  if (chosen === "Retry") await commands.executeCommand("pybackend.restart");
  if (chosen === "Open settings")
    await commands.executeCommand("workbench.action.openSettings", "pybackend.serverPython");
}
