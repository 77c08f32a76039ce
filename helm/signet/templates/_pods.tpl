{{- /* What Pod Security's "restricted" asks of a pod. An id that is null is left to the cluster, as
OpenShift's restricted-v2 wants it: it gives each namespace a range of its own. */ -}}
{{- define "signet.podSecurity" -}}
runAsNonRoot: true
{{- with .Values.podSecurity.runAsUser }}
runAsUser: {{ int64 . }}
{{- end }}
{{- with .Values.podSecurity.runAsGroup }}
runAsGroup: {{ int64 . }}
{{- end }}
{{- with .Values.podSecurity.fsGroup }}
fsGroup: {{ int64 . }}
fsGroupChangePolicy: OnRootMismatch
{{- end }}
seccompProfile:
  type: RuntimeDefault
{{- end }}

{{- define "signet.containerSecurity" -}}
allowPrivilegeEscalation: false
privileged: false
readOnlyRootFilesystem: true
runAsNonRoot: true
capabilities:
  drop: [ALL]
{{- end }}

{{- /* What all pods of this chart share. A Service named signet would otherwise put SIGNET_PORT and
others into the environment, which the CA takes for settings that it does not know. */ -}}
{{- define "signet.podBasics" -}}
enableServiceLinks: false
automountServiceAccountToken: false
{{- with .Values.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- include "signet.podSecurity" . | nindent 2 }}
{{- end }}

{{- /* Arguments: root, component, values. */ -}}
{{- define "signet.scheduling" -}}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: {{ .values.topologySpread.zones }}
    labelSelector:
      matchLabels:
        {{- include "signet.selector" . | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
  - maxSkew: 1
    topologyKey: kubernetes.io/hostname
    whenUnsatisfiable: {{ .values.topologySpread.nodes }}
    labelSelector:
      matchLabels:
        {{- include "signet.selector" . | nindent 8 }}
    matchLabelKeys: [pod-template-hash]
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}

{{- /* The ServiceAccount's token for the API server, which is not mounted by itself. */ -}}
{{- define "signet.apiAccess" -}}
name: api-access
projected:
  defaultMode: 0440
  sources:
    - serviceAccountToken:
        path: token
        expirationSeconds: 3600
    - configMap:
        name: kube-root-ca.crt
        items:
          - key: ca.crt
            path: ca.crt
    - downwardAPI:
        items:
          - path: namespace
            fieldRef:
              fieldPath: metadata.namespace
{{- end }}

{{- /* Certificates that PostgreSQL is verified by. */ -}}
{{- define "signet.databaseCa" -}}
{{- $ca := .Values.database.ca -}}
{{- if $ca.existingConfigMap }}
- name: database-ca
  configMap:
    name: {{ $ca.existingConfigMap }}
    defaultMode: 0440
    items:
      - key: {{ $ca.key }}
        path: ca.crt
{{- else if $ca.existingSecret }}
- name: database-ca
  secret:
    secretName: {{ $ca.existingSecret }}
    defaultMode: 0440
    items:
      - key: {{ $ca.key }}
        path: ca.crt
{{- end }}
{{- end }}

{{- define "signet.databaseCaMount" -}}
{{- if or .Values.database.ca.existingConfigMap .Values.database.ca.existingSecret }}
- name: database-ca
  mountPath: /run/signet/database-ca
  readOnly: true
{{- end }}
{{- end }}

{{- define "signet.databaseUrl" -}}
{{- $database := .Values.database -}}
{{- $hosts := list -}}
{{- range splitList "," $database.host -}}
{{- $hosts = append $hosts (printf "%s:%d" . (int $database.port)) -}}
{{- end -}}
{{- $url := printf "jdbc:postgresql://%s/%s?sslmode=%s" (join "," $hosts) $database.name $database.sslMode -}}
{{- if gt (len $hosts) 1 -}}
{{- $url = printf "%s&targetServerType=primary" $url -}}
{{- end -}}
{{- if or $database.ca.existingConfigMap $database.ca.existingSecret -}}
{{- $url = printf "%s&sslrootcert=/run/signet/database-ca/ca.crt" $url -}}
{{- end -}}
{{- $url -}}
{{- end }}

{{- define "signet.apiServerEgress" -}}
- ports:
    {{- range .Values.networkPolicy.kubernetesApi.ports }}
    - {protocol: TCP, port: {{ int . }}}
    {{- end }}
  to:
    {{- range .Values.networkPolicy.kubernetesApi.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
{{- end }}
