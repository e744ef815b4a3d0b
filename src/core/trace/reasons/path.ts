export const pathReasons = {};
