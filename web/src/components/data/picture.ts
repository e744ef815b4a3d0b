import { useEffect, useState } from 'react';
import { GraphProblem } from '../../graph/errors.ts';
import { useGraph } from '../../graph/queries.ts';

/**
 * A picture of Graph as an address that only this page has; undefined where there is none. It is data, because the content
 * security policy permits no other picture than that and the server's own.
 */
export function usePictureData(path: string | undefined): string | undefined {
  const { data: latest, error } = useGraph<Blob>(path);
  // The latest picture stays in the cache when the next answer is that there is none.
  const data = error instanceof GraphProblem && error.status === 404 ? undefined : latest;
  const [address, setAddress] = useState<string>();
  useEffect(() => {
    if (!data) {
      setAddress(undefined);
      return undefined;
    }
    const reader = new FileReader();
    reader.onload = () => setAddress(String(reader.result));
    reader.readAsDataURL(data);
    return () => reader.abort();
  }, [data]);
  return address;
}
