import { describe, expect, test } from 'vitest';
import { openMetrics, type Metrics } from '../runtime/metrics.ts';

async function linesOf(metrics: Metrics, name: string): Promise<string[]> {
  const { text } = await metrics.expose();
  return text.split('\n').filter((line) => line.startsWith(name));
}

describe('metrics', () => {
  test('count calls from their beginning to their end', async () => {
    const metrics = openMetrics();
    metrics.callStarted('bistro', 'inbound');
    metrics.callStarted('bistro', 'inbound');
    metrics.callStarted('menu', 'outbound');
    metrics.callEnded('bistro', 'inbound', 'caller-hung-up');
    expect(await linesOf(metrics, 'offhook_calls')).toEqual([
      'offhook_calls_total{app="bistro",direction="inbound",end_reason="caller-hung-up"} 1',
      'offhook_calls_active{app="bistro",direction="inbound"} 1',
      'offhook_calls_active{app="menu",direction="outbound"} 1',
    ]);
  });

  test('measure turns and writes, and count what went wrong', async () => {
    const metrics = openMetrics();
    metrics.turnTook({ meaning: 30, firstToken: null, firstAudio: 400, firstFrame: 420 });
    metrics.storeWrite(0.004);
    metrics.bargeIn();
    metrics.bargeIn();
    metrics.toolCall('find_table', 'returned');
    metrics.toolCall('find_table', 'failed');
    metrics.speechFailure('refused');
    expect(await linesOf(metrics, 'offhook_turn_latency_seconds_bucket{le="0.')).toEqual([
      'offhook_turn_latency_seconds_bucket{le="0.1"} 0',
      'offhook_turn_latency_seconds_bucket{le="0.2"} 0',
      'offhook_turn_latency_seconds_bucket{le="0.3"} 0',
      'offhook_turn_latency_seconds_bucket{le="0.5"} 1',
      'offhook_turn_latency_seconds_bucket{le="0.75"} 1',
    ]);
    expect(await linesOf(metrics, 'offhook_turn_latency_seconds_sum')).toEqual([
      'offhook_turn_latency_seconds_sum 0.42',
    ]);
    expect(await linesOf(metrics, 'offhook_store_write_seconds_count')).toEqual([
      'offhook_store_write_seconds_count 1',
    ]);
    expect(await linesOf(metrics, 'offhook_barge_ins_total')).toEqual(['offhook_barge_ins_total 2']);
    expect(await linesOf(metrics, 'offhook_tool_calls_total')).toEqual([
      'offhook_tool_calls_total{tool="find_table",outcome="returned"} 1',
      'offhook_tool_calls_total{tool="find_table",outcome="failed"} 1',
    ]);
    expect(await linesOf(metrics, 'offhook_speech_failures_total')).toEqual([
      'offhook_speech_failures_total{code="refused"} 1',
    ]);
  });

  test('tell of the process too, in the format that Prometheus reads', async () => {
    const metrics = openMetrics();
    expect((await metrics.expose()).type).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(await linesOf(metrics, 'process_resident_memory_bytes')).toHaveLength(1);
  });

  test('of two registries know nothing of each other', async () => {
    const [one, other] = [openMetrics(), openMetrics()];
    one.bargeIn();
    expect(await linesOf(other, 'offhook_barge_ins_total')).toEqual(['offhook_barge_ins_total 0']);
  });

  test('do not grow without end, whatever is counted', async () => {
    const metrics = openMetrics();
    for (let index = 0; index < 1000; index++) metrics.toolCall(`tool ${index}`, 'returned');
    metrics.toolCall('tool 7', 'returned');
    const lines = await linesOf(metrics, 'offhook_tool_calls_total');
    expect(lines).toHaveLength(201);
    expect(lines).toContain('offhook_tool_calls_total{tool="tool 7",outcome="returned"} 2');
    expect(lines).toContain('offhook_tool_calls_total{tool="other",outcome="returned"} 800');
  });
});
