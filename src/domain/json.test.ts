import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseShopJson, splitRows } from './json.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const WARNING =
  '<br />\n<b>Warning</b>:  Undefined array key "x[0]" in <b>/var/www/p{1}.php</b> on line <b>12</b><br />\n'

describe('JSON of a shop', () => {
  test.each([
    ['a byte order mark', '\ufeff[1]', 'byte-order-mark'],
    ['blank lines', '\r\n\n \n[1]', 'blank-lines'],
    ['a PHP warning in HTML', `${WARNING}[1]`, 'php-output'],
    ['two of them', `${WARNING}${WARNING}[1]`, 'php-output'],
    ['a PHP notice as text', 'PHP Notice:  Undefined index: a in /p.php on line 3\n[1]', 'php-output'],
    ['a comment of a cache behind', '[1]\n<!-- cached -->', 'trailing-output'],
    ['a warning behind', `[1]${WARNING}`, 'trailing-output'],
  ])('is read through %s, which is told', (_, text, note) => {
    expect(parseShopJson(bytes(text))).toMatchObject({ ok: true, value: [1], text: '[1]', notes: [note] })
  })

  test.each([
    ['nothing', '', 'empty'],
    ['blanks only', ' \n', 'empty'],
    ['a cut list', '[{"a":1},{"b":', 'truncated'],
    ['a cut text', '[{"a":"b', 'truncated'],
    ['a page', '<!DOCTYPE html><html>[1]</html>', 'html'],
    ['text with brackets', 'Bonjour [1]', 'not-json'],
    ['a warning alone', WARNING.replace('x[0]', 'x').replace('{1}', ''), 'not-json'],
    ['two documents', '[1][2]', 'not-json'],
    ['a hundred thousand brackets', '['.repeat(100_000) + ']'.repeat(100_000), 'too-deep'],
    ['a hundred thousand open brackets', '['.repeat(100_000), 'too-deep'],
    ['a hundred thousand behind a warning', WARNING + '{"a":'.repeat(100_000), 'too-deep'],
  ])('%s is a clean fault', (_, text, fault) => {
    expect(parseShopJson(bytes(text))).toMatchObject({ ok: false, fault })
  })

  test('a body over the cap is not looked at', () => {
    expect(parseShopJson(bytes('[1,2,3]'), { maxBytes: 3 })).toMatchObject({ ok: false, fault: 'too-large' })
  })

  test('Latin-1 bytes are read as windows-1252, and that is told', () => {
    expect(parseShopJson(new Uint8Array([0x5b, 0x22, 0xc9, 0x22, 0x5d]))).toMatchObject({
      ok: true,
      value: ['É'],
      notes: ['not-utf8'],
    })
  })

  test('whatever the bytes, it answers and never throws', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (any) => {
        expect(typeof parseShopJson(any).ok).toBe('boolean')
      }),
    )
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}",:\\1a \n<b>'), maxLength: 200 }), (any) => {
        expect(typeof parseShopJson(bytes(any)).ok).toBe('boolean')
      }),
      { numRuns: 500 },
    )
  })

  test('every value comes back through every kind of dirt', () => {
    const dirt = fc.constantFrom('', '\ufeff', '\n\n', WARNING)
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), dirt, (value, before) => {
        const read = parseShopJson(bytes(before + JSON.stringify(value)))
        expect(read.ok && JSON.stringify(read.value)).toBe(JSON.stringify(value))
      }),
    )
  })
})

describe('the rows of a list', () => {
  test('keep their own text exactly', () => {
    expect(splitRows('[ {"a" : "x]\\"},{" } ,2, "é\\\\" , [1,[2]],{}]')).toEqual([
      '{"a" : "x]\\"},{" }',
      '2',
      '"é\\\\"',
      '[1,[2]]',
      '{}',
    ])
    expect(splitRows('[]')).toEqual([])
    expect(splitRows('{"a":1}')).toEqual([])
  })

  test('are those of JSON.parse, one by one', () => {
    fc.assert(
      fc.property(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.nat({ max: 2 }), (value, indent) => {
        const rows = splitRows(JSON.stringify(value, null, indent))
        expect(rows.map((row) => JSON.stringify(JSON.parse(row)))).toEqual(value.map((one) => JSON.stringify(one)))
      }),
    )
  })

  test('never throw or hang, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(...'[]{}",\\1a '), maxLength: 200 }), (any) => {
        expect(Array.isArray(splitRows(any))).toBe(true)
      }),
      { numRuns: 500 },
    )
  })
})
