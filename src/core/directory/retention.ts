const day = 24 * 3600 * 1000;

/** Milliseconds for which a deleted object can be restored (DEL-1, graph-api §5). */
export const deletedRetention = 30 * day;

/** Milliseconds for which the changes that delta queries answer are stored. Graph stores them for seven days. */
export const changeRetention = 30 * day;
