export const accessReasons = {};
