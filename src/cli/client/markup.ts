import { type DefaultTreeAdapterTypes, parse } from 'parse5';

/** An element of a page. */
export type Element = DefaultTreeAdapterTypes.Element;
type Node = DefaultTreeAdapterTypes.Node;

/** The elements of a page, or below an element, in document order; those with this tag name where one is given. */
export function elementsOf(root: string | Element, tagName?: string): readonly Element[] {
  const descend = (node: Node): readonly Element[] => {
    const children = 'childNodes' in node ? node.childNodes.flatMap(descend) : [];
    return 'tagName' in node ? [node, ...children] : children;
  };
  const elements = typeof root === 'string' ? descend(parse(root)) : root.childNodes.flatMap(descend);
  return tagName === undefined ? elements : elements.filter((element) => element.tagName === tagName);
}

/** The value of an attribute; undefined where the element has none of this name. */
export const attribute = (element: Element, name: string): string | undefined =>
  element.attrs.find((candidate) => candidate.name === name)?.value;

/** The text of an element, with white space folded. */
export function textOf(element: Element): string {
  const gather = (node: Node): string =>
    'value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(gather).join('') : '';
  return gather(element).replace(/\s+/g, ' ').trim();
}
