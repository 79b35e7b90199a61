import { execFile } from "node:child_process";
import * as fs from "node:fs";
import * as os from "node:os";
import * as path from "node:path";
import type { System } from "./python";

function attempt(read: () => string): string | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}

export const system: System = {
  platform: process.platform,
  path,
  environment: process.env,
  home: os.homedir(),
  // The aliases of the Microsoft Store can be run and listed, not resolved.
  realpath: (file) =>
    attempt(() => fs.realpathSync.native(file)) ?? attempt(() => (fs.lstatSync(file), file)),
  readlink: (file) => attempt(() => fs.readlinkSync(file)),
  run: (command, args, cwd) =>
    new Promise((resolve) => {
      execFile(command, args, { cwd, timeout: 10_000, windowsHide: true }, (error, stdout) => {
        resolve(error === null ? stdout : undefined);
      });
    }),
};
