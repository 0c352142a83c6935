// What sources send, as they document it.

/** A batch of Alertmanager's webhook, version 4, with one alert. */
export const alerts = (now, status = 'firing', endsAt = '0001-01-01T00:00:00Z') => ({
  version: '4',
  groupKey: '{}:{alertname="HighErrorRate"}',
  status,
  receiver: 'lamplighter',
  alerts: [{
    status,
    labels: { alertname: 'HighErrorRate', environment: 'prod', instance: 'checkout-1:9100', job: 'checkout', severity: 'critical' },
    annotations: { summary: '5 % of requests fail', runbook_url: 'https://wiki.example.com/high-error-rate' },
    startsAt: now,
    endsAt,
    generatorURL: 'http://prometheus.example.com:9090/graph?g0.expr=errors',
    fingerprint: '9aa2c1f5c0ff3b5f',
  }],
});

/** EventBridge's event about an instance that ended. */
export const terminated = (now, instance = 'i-0123456789abcdef0') => ({
  version: '0',
  id: `terminated-${instance}`,
  'detail-type': 'EC2 Instance State-change Notification',
  source: 'aws.ec2',
  account: '111122223333',
  time: now,
  region: 'ap-northeast-2',
  resources: [`arn:aws:ec2:ap-northeast-2:111122223333:instance/${instance}`],
  detail: { 'instance-id': instance, state: 'terminated' },
});
