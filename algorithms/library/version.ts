/** Version of the standard library, that of the package: operators allow its programs by it. */
export const LIBRARY_VERSION = "0.1.0";
