// CSV as in RFC 4180, with a guard against spreadsheets: a cell that they would run as a formula gets a leading
// apostrophe, and loses it again when it is read. What comes in stays the text that it is.

/** Of an export, for who reads it. */
export const csvWords =
  'CSV as in RFC 4180. A cell that a spreadsheet would run as a formula (= + - @ TAB CR) begins with an apostrophe, which an import takes off again; a negative number stays a number.';

const formula = /^[=+\-@\t\r']/;
const negative = /^-\d+(\.\d+)?$/;

/** Prints rows of cells; lines end with CRLF. */
export function printCsv(rows: readonly (readonly string[])[]): string {
  return rows.map((row) => `${row.map(printCell).join(',')}\r\n`).join('');
}

function printCell(text: string): string {
  const safe = formula.test(text) && !negative.test(text) ? `'${text}` : text;
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/**
 * Reads rows of cells; a byte order mark and empty lines are skipped, lines may end with LF.
 * @returns each row with the number of the line where it begins, or what is wrong and where
 */
export function parseCsv(
  text: string,
): { ok: true; rows: { line: number; cells: string[] }[] } | { ok: false; line: number; what: string } {
  const rows: { line: number; cells: string[] }[] = [];
  const separator = /[,\r\n]/g;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  let line = 1;
  while (at < text.length) {
    const begun = line;
    const cells: string[] = [];
    for (;;) {
      let cell = '';
      if (text[at] === '"') {
        const opened = line;
        at += 1;
        for (;;) {
          const close = text.indexOf('"', at);
          if (close < 0) return { ok: false, line: opened, what: 'a quote that is not closed' };
          const part = text.slice(at, close);
          line += part.split('\n').length - 1;
          cell += part;
          at = close + 1;
          if (text[at] !== '"') break;
          cell += '"';
          at += 1;
        }
        if (at < text.length && !/[,\r\n]/.test(text.charAt(at))) {
          return { ok: false, line, what: 'text after a closing quote' };
        }
      } else {
        separator.lastIndex = at;
        const end = separator.exec(text)?.index ?? text.length;
        cell = text.slice(at, end);
        if (cell.includes('"')) return { ok: false, line, what: 'a quote inside a cell that is not quoted' };
        at = end;
      }
      cells.push(cell.startsWith("'") && formula.test(cell.slice(1)) ? cell.slice(1) : cell);
      if (text[at] !== ',') break;
      at += 1;
    }
    if (text[at] === '\r') at += 1;
    if (text[at] === '\n') at += 1;
    line += 1;
    if (cells.length > 1 || cells[0] !== '') rows.push({ line: begun, cells });
  }
  return { ok: true, rows };
}
