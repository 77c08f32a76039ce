{{- define "signet.name" -}}
{{- .Values.fullnameOverride | default .Release.Name | trunc 42 | trimSuffix "-" -}}
{{- end }}

{{- define "signet.serverAccount" -}}
{{- .Values.server.serviceAccount.name | default (include "signet.name" .) -}}
{{- end }}

{{- define "signet.issuerAccount" -}}
{{- .Values.issuer.serviceAccount.name | default (printf "%s-issuer" (include "signet.name" .)) -}}
{{- end }}

{{- /* Cluster-scoped objects: two releases in two namespaces must not share one. */ -}}
{{- define "signet.clusterName" -}}
{{- if eq (include "signet.name" .) .Release.Namespace -}}
{{- include "signet.name" . -}}
{{- else -}}
{{- printf "%s-%s" .Release.Namespace (include "signet.name" .) -}}
{{- end -}}
{{- end }}

{{- /* Arguments: root, component. */ -}}
{{- define "signet.selector" -}}
app.kubernetes.io/name: signet
app.kubernetes.io/instance: {{ include "signet.name" .root }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{- define "signet.labels" -}}
{{ include "signet.selector" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Arguments: root, image. */ -}}
{{- define "signet.image" -}}
{{- if .image.digest -}}
{{- printf "%s@%s" .image.repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" .image.repository (.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end }}
