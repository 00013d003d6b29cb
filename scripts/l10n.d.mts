export declare const BUNDLE: string;
export declare function l10nBundle(): string;
