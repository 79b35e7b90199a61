import * as assert from "node:assert/strict";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import { after, test } from "node:test";
import { examine, findPython, isOutside, type System } from "../src/python";
import { system as realSystem } from "../src/system";

/** A machine without files: `programs` says what each Python prints, `links` what each link says. */
interface Machine {
  programs: Record<string, string>;
  links?: Record<string, string>;
  environment?: Record<string, string>;
  platform?: NodeJS.Platform;
}

const runs: string[] = [];

function machine({ programs, links = {}, environment = {}, platform = "linux" }: Machine): System {
  const style = platform === "win32" ? path.win32 : path.posix;
  const resolve = (file: string): string => {
    for (const [link, target] of Object.entries(links))
      if (file === link || file.startsWith(link + style.sep))
        return resolve(style.resolve(style.dirname(link), target) + file.slice(link.length));
    return file;
  };
  const exists = (file: string) =>
    [...Object.keys(programs), ...Object.keys(links)].some((name) =>
      (name + style.sep).startsWith(file + style.sep),
    );
  return {
    platform,
    path: style,
    environment,
    home: platform === "win32" ? "C:\\Users\\me" : "/home/me",
    realpath: (file) => (exists(resolve(file)) ? resolve(file) : undefined),
    readlink: (file) => links[file],
    run: (command, args, cwd) => {
      runs.push([command, ...args.slice(0, 1), cwd].join(" "));
      return Promise.resolve(programs[command] ?? programs[resolve(command)]);
    },
  };
}

async function chosen(parts: Machine, workspace: string[] = ["/ws"]): Promise<string | undefined> {
  return (await findPython(machine(parts), workspace))?.command;
}

test("the newest Python that has the server is taken", async () => {
  const programs = {
    "/usr/bin/python3.11": "3 11 True\n",
    "/usr/bin/python3.14": "3 14 False\n",
    "/opt/bin/python3.12": "3 12 True\n",
  };
  assert.equal(await chosen({ programs, environment: { PATH: "/usr/bin:/opt/bin" } }), "/opt/bin/python3.12");
});

test("without a server anywhere the newest Python is named", async () => {
  const programs = { "/usr/bin/python3": "3 11 False", "/usr/bin/python3.13": "3 13 False" };
  const python = await findPython(machine({ programs }), []);
  assert.deepEqual(python, { command: "/usr/bin/python3.13", minor: 13, hasServer: false });
});

test("a Python that is too old or does not run is none", async () => {
  const programs = {
    "/usr/bin/python3": "3 10 True",
    "/usr/bin/python": "2 7 True",
    "/usr/bin/python3.12": "",
  };
  assert.equal(await chosen({ programs }), undefined);
});

test("an environment that pipx made for the server is found", async () => {
  const home = "/home/me/.local/share/pipx/venvs/pybackend/bin/python";
  assert.equal(await chosen({ programs: { [home]: "3 12 True", "/usr/bin/python3": "3 13 False" } }), home);
});

test("a Python inside the workspace is never run, even when PATH names it first", async () => {
  runs.length = 0;
  const programs = { "/ws/.venv/bin/python3": "3 14 True", "/usr/bin/python3": "3 11 True" };
  const environment = { PATH: "/ws/.venv/bin:/usr/bin" };
  assert.equal(await chosen({ programs, environment }), "/usr/bin/python3");
  assert.deepEqual(runs, ["/usr/bin/python3 -I /usr/bin"]);
});

test("relative and empty entries of PATH are passed over", async () => {
  const programs = {
    ".venv/bin/python3": "3 14 True",
    python3: "3 14 True",
    "/usr/bin/python3": "3 11 True",
  };
  assert.equal(await chosen({ programs, environment: { PATH: ".venv/bin::." } }), "/usr/bin/python3");
});

test("a link into the workspace is inside, at any step and through folders", () => {
  const links = {
    "/ws/.venv/bin/python": "/usr/bin/python3",
    "/home/me/bin/python": "/ws/.venv/bin/python",
    "/home/me/venv": "/ws/.venv",
    "/ws/tools": "/opt/tools",
    "/home/me/good/python": "../../../usr/bin/python3",
  };
  const system = machine({
    programs: { "/usr/bin/python3": "3 11 True", "/opt/tools/python": "3 11 True" },
    links,
  });
  const outside = (command: string) => isOutside(system, command, ["/ws"]);
  assert.equal(outside("/home/me/bin/python"), false);
  assert.equal(outside("/home/me/venv/bin/python"), false);
  assert.equal(outside("/ws/tools/python"), false);
  assert.equal(outside("/home/me/good/python"), true);
  assert.equal(outside("/usr/bin/python3"), true);
});

test("a workspace folder that is a link is looked through", () => {
  const links = { "/home/me/project": "/data/project" };
  const system = machine({ programs: { "/data/project/python": "3 11 True" }, links });
  assert.equal(isOutside(system, "/data/project/python", ["/home/me/project"]), false);
});

test("a neighbour with a similar name is outside", () => {
  const system = machine({ programs: { "/ws-tools/python": "3 11 True", "/ws/..x/python": "3 11 True" } });
  assert.equal(isOutside(system, "/ws-tools/python", ["/ws"]), true);
  assert.equal(isOutside(system, "/ws/..x/python", ["/ws"]), false);
});

test("on Windows the launcher's list is read, and the workspace's drive and case do not matter", async () => {
  const listing = [
    " -V:3.13 *        C:\\Python313\\python.exe",
    " -V:3.14          c:\\WS\\.venv\\Scripts\\python.exe",
    "",
  ].join("\r\n");
  const programs = {
    "C:\\Windows\\py.exe": listing,
    "C:\\Python313\\python.exe": "3 13 True\r\n",
    "c:\\WS\\.venv\\Scripts\\python.exe": "3 14 True\r\n",
  };
  const parts: Machine = { programs, platform: "win32", environment: { SystemRoot: "C:\\Windows" } };
  assert.equal(await chosen(parts, ["C:\\ws", "D:\\other"]), "C:\\Python313\\python.exe");
});

test("on macOS the stubs in /usr/bin are not run", async () => {
  const programs = { "/usr/bin/python3": "3 14 True", "/opt/homebrew/bin/python3": "3 12 True" };
  assert.equal(await chosen({ programs, platform: "darwin" }), "/opt/homebrew/bin/python3");
});

const folder = fs.mkdtempSync(path.join(os.tmpdir(), "pybackend-"));
after(() => {
  fs.rmSync(folder, { recursive: true });
});

test("a program of the real machine is asked with -I, in its own folder", async () => {
  const program = path.join(folder, "python3");
  fs.writeFileSync(
    program,
    '#!/bin/sh\ntest "$1" = -I && test "$PWD" = "$(dirname "$0")" && echo 3 12 True\n',
  );
  fs.chmodSync(program, 0o755);
  assert.deepEqual(await examine(realSystem, program), { command: program, minor: 12, hasServer: true });
});

test("links of the real machine are followed step by step", () => {
  const workspace = path.join(folder, "ws");
  fs.mkdirSync(workspace);
  fs.symlinkSync(process.execPath, path.join(workspace, "python"));
  fs.symlinkSync(path.join(workspace, "python"), path.join(folder, "python"));
  assert.equal(isOutside(realSystem, path.join(folder, "python"), [workspace]), false);
  assert.equal(isOutside(realSystem, process.execPath, [workspace]), true);
  assert.equal(isOutside(realSystem, path.join(folder, "absent"), [workspace]), false);
});
