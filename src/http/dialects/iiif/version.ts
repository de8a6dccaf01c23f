/** Which of the Image APIs a URL speaks: 2.1 or 3.0. */
export type Version = '2' | '3'

/** The context document of a version, which is also the `profile` parameter of its media type. */
export const contextOf = (version: Version): string => `http://iiif.io/api/image/${version}/context.json`

/** The compliance document of what is offered here. */
export const profileOf = (version: Version): string => `http://iiif.io/api/image/${version}/level2.json`
