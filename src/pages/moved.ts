/** The body of a redirect. Some clients read the code from the first anchor instead of `Location` (windows-sign-in §3.12). */
export function movedBody(location: string): string {
  const escaped = location.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<html><head><title>Object moved</title></head><body><h2>Object moved to <a href="${escaped}">here</a>.</h2></body></html>`;
}
