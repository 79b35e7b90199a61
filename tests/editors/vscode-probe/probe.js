// Runs inside the extension host. It judges nothing: it acts as a user would and records what VS Code shows;
// the record is judged by tests/editors/judging.py, which reads the same shape from every editor.
"use strict";
const fs = require("node:fs");
const vscode = require("vscode");

const severities = ["error", "warning", "information", "hint"];
const limit = 30_000;

exports.activate = async () => {
  const { PYBACKEND_PROBE_FILE: file, PYBACKEND_PROBE_CLOSED: other } = process.env;
  const { PYBACKEND_PROBE_RECORD: record } = process.env;
  const seen = {};
  try {
    await Promise.race([use(vscode.Uri.file(file), vscode.Uri.file(other), seen), deadline(seen)]);
  } catch (error) {
    seen.error = error.stack ?? String(error);
  }
  fs.writeFileSync(`${record}.part`, JSON.stringify(seen, null, 2));
  fs.renameSync(`${record}.part`, record);
};

/** A request that is never answered would leave no record at all. */
async function deadline(seen) {
  await pause(150_000);
  throw new Error(`an answer did not come; the last record was '${Object.keys(seen).pop()}'`);
}

async function use(uri, other, seen) {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  seen.version = vscode.version;
  seen.trusted = vscode.workspace.isTrusted;

  await shown(uri, "the first findings", (codes) => codes.includes("blocking-in-async"));
  await pause(2_000); // Time enough for a second report of the same findings.
  seen.opened = findings(uri);

  const [target] = vscode.languages.getDiagnostics(uri).filter((each) => code(each) === "blocking-in-async");
  const hovers = await vscode.commands.executeCommand("vscode.executeHoverProvider", uri, target.range.start);
  seen.hover = hovers
    .flatMap((hover) => hover.contents.map((content) => content.value ?? content))
    .join("\n");

  await fix(document, target, seen);
  seen.fixed = findings(uri);

  const end = document.lineAt(document.lineCount - 1).range.end;
  await edit((change) =>
    change.insert(uri, end, "\n\ndef typed() -> None:\n    try:\n        pass\n    except:\n        pass\n"),
  );
  seen.typed = await shown(uri, "the finding of new code", (codes) => count(codes, "bare-except") === 2);
  await vscode.commands.executeCommand("undo");
  await shown(uri, "the end of the new code's finding", (codes) => count(codes, "bare-except") === 1);

  const settings = vscode.workspace.getConfiguration("pybackend");
  await settings.update("severity", { "bare-except": "information" }, vscode.ConfigurationTarget.Global);
  const isChanged = () =>
    findings(uri).some((each) => each.code === "bare-except" && each.severity === "information");
  seen.reconfigured = await shown(uri, "the new severity", isChanged);

  await closed(uri, other, settings, seen);
  await templates(seen);
  await vscode.window.showTextDocument(document, { preview: false });

  let wasCleared = false;
  const watch = vscode.languages.onDidChangeDiagnostics(() => (wasCleared ||= findings(uri).length === 0));
  await vscode.commands.executeCommand("pybackend.restart");
  await shown(uri, "the findings of a new server", (codes) => wasCleared && codes.includes("bare-except"));
  watch.dispose();
  await pause(2_000);
  seen.restarted = findings(uri);

  const { PYBACKEND_PROBE_PYTHON: python, PYBACKEND_PROBE_TRAP: trap } = process.env;
  await settings.update("serverPython", trap, vscode.ConfigurationTarget.Global);
  await shown(uri, "the end of the server", (codes) => codes.length === 0);
  await pause(1_000); // Time enough for a server that should not start.
  seen.refused = findings(uri);
  await settings.update("serverPython", python, vscode.ConfigurationTarget.Global);
  seen.named = await shown(uri, "the findings of the named server", (codes) => codes.includes("bare-except"));
}

/** A file that is not open, with the setting off, on, and off again; then as one that is opened and closed. */
async function closed(uri, other, settings, seen) {
  const mode = (value) => settings.update("diagnosticMode", value, vscode.ConfigurationTarget.Global);
  const text = fs.readFileSync(other.fsPath, "utf8");
  seen.unasked = findings(other);
  await mode("workspace");
  seen.everywhere = await shown(other, "what is found in a closed file", (codes) => codes.length > 0);
  await shown(uri, "what is found in the open file", (codes) => codes.includes("bare-except"));
  await pause(1_000);
  seen.beside = findings(uri);

  fs.writeFileSync(other.fsPath, text.replace("except:", "except OSError:"));
  await shown(other, "the end of a closed file's finding", (codes) => codes.length === 0);
  fs.writeFileSync(other.fsPath, text);
  await shown(other, "its return", (codes) => codes.length > 0);

  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(other), { preview: false });
  await pause(1_000);
  seen.both = findings(other);
  await vscode.commands.executeCommand("workbench.action.closeActiveEditor");
  await pause(2_000);
  seen.left = findings(other);

  await mode("openFilesOnly");
  await shown(other, "the end of what is found in closed files", (codes) => codes.length === 0);
}

/** A Django template, whose fix is taken, and a page that is none. */
async function templates(seen) {
  const { PYBACKEND_PROBE_TEMPLATE: template, PYBACKEND_PROBE_PAGE: page } = process.env;
  const [mended, plain] = [vscode.Uri.file(template), vscode.Uri.file(page)];
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(plain), { preview: false });
  await vscode.window.showTextDocument(await vscode.workspace.openTextDocument(mended), { preview: false });
  seen.template = await shown(mended, "what is found in a template", (codes) => codes.length > 0);
  seen.page = findings(plain);
  const [{ range }] = vscode.languages.getDiagnostics(mended);
  const actions = await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider",
    mended,
    range,
    vscode.CodeActionKind.QuickFix.value,
    20,
  );
  await vscode.workspace.applyEdit(actions[0].edit);
  seen.mended = await shown(mended, "the end of what is found in it", (codes) => codes.length === 0);
}

async function fix(document, target, seen) {
  const actions = await vscode.commands.executeCommand(
    "vscode.executeCodeActionProvider",
    document.uri,
    target.range,
    vscode.CodeActionKind.QuickFix.value,
    20, // So many are resolved to edits.
  );
  seen.actions = actions.map((action) => ({ title: action.title, preferred: action.isPreferred === true }));
  const preferred = actions.find((action) => action.isPreferred);
  if (preferred?.edit === undefined) return;
  await vscode.workspace.applyEdit(preferred.edit);
  await document.save();
  await shown(document.uri, "the end of the fixed finding", (codes) => !codes.includes("blocking-in-async"));
}

async function edit(describe) {
  const change = new vscode.WorkspaceEdit();
  describe(change);
  if (!(await vscode.workspace.applyEdit(change))) throw new Error("the edit was refused");
}

async function shown(uri, what, isReached) {
  for (const start = Date.now(); Date.now() - start < limit; await pause(50))
    if (isReached(findings(uri).map((each) => each.code))) return findings(uri);
  throw new Error(`${what} did not come within ${limit / 1000} s: ${JSON.stringify(findings(uri))}`);
}

function findings(uri) {
  return vscode.languages.getDiagnostics(uri).map((each) => ({
    code: code(each),
    severity: severities[each.severity],
    line: each.range.start.line + 1,
  }));
}

const code = ({ code }) => String(code?.value ?? code);
const count = (codes, wanted) => codes.filter((each) => each === wanted).length;
const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
