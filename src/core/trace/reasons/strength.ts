export const strengthReasons = {};
